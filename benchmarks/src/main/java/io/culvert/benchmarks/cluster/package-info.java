/**
 * {@code ./culvert bench cluster}: all measurements with a fleet, one after the other.
 *
 * @since 0.1
 */
@NullMarked
package io.culvert.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
