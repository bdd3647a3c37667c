/**
 * {@code ./culvert bench tunnel}: two real agents, and one TCP stream through their tunnel beside
 * one on the raw path.
 *
 * <p>One thread drives it.
 */
@NullMarked
package io.culvert.benchmarks.tunnel;

import org.jspecify.annotations.NullMarked;
