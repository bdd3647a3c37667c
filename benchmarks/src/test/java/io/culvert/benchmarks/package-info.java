/**
 * What the measurements compute and print.
 *
 * <p>One thread.
 */
@NullMarked
package io.culvert.benchmarks;

import org.jspecify.annotations.NullMarked;
