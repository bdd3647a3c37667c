/**
 * How a start is timed.
 *
 * <p>One thread.
 */
@NullMarked
package io.culvert.benchmarks.footprint;

import org.jspecify.annotations.NullMarked;
