/**
 * What the measurement of the tunnel computes.
 *
 * <p>One thread.
 */
@NullMarked
package io.culvert.benchmarks.tunnel;

import org.jspecify.annotations.NullMarked;
