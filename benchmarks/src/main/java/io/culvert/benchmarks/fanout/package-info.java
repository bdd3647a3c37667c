/**
 * {@code ./culvert bench fanout}: how soon a member change is at every agent, and what it costs the
 * servers.
 *
 * <p>One thread drives it.
 */
@NullMarked
package io.culvert.benchmarks.fanout;

import org.jspecify.annotations.NullMarked;
