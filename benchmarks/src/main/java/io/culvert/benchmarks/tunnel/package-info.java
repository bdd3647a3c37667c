/**
 * {@code ./culvert bench tunnel}: two real agents, and their tunnel beside the raw path and other
 * VPNs in the same run.
 *
 * <p>One thread drives it.
 */
@NullMarked
package io.culvert.benchmarks.tunnel;

import org.jspecify.annotations.NullMarked;
