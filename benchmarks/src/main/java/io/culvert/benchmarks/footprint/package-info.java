/**
 * {@code ./culvert bench footprint}: what an agent occupies, and how long it takes from its start
 * to the first packet.
 *
 * <p>One thread drives it; another carries the load.
 */
@NullMarked
package io.culvert.benchmarks.footprint;

import org.jspecify.annotations.NullMarked;
