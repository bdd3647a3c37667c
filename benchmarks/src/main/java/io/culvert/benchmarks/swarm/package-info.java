/**
 * {@code ./culvert bench swarm}: how many agents three servers hold, what each costs them, and how
 * fast they log on.
 *
 * <p>One thread drives it.
 */
@NullMarked
package io.culvert.benchmarks.swarm;

import org.jspecify.annotations.NullMarked;
