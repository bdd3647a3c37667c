/**
 * {@code ./culvert bench storm}: all servers end at once and start again under all agents.
 *
 * <p>One thread drives it.
 */
@NullMarked
package io.culvert.benchmarks.storm;

import org.jspecify.annotations.NullMarked;
