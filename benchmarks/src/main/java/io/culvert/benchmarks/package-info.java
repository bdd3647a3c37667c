/**
 * Measurements, {@code ./culvert bench}: each prints one table or one JSON object, and compares
 * with something in the same run.
 *
 * <p>One thread drives a measurement; what is measured runs in processes of its own.
 */
@NullMarked
package io.culvert.benchmarks;

import org.jspecify.annotations.NullMarked;
