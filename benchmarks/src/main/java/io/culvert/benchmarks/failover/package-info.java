/**
 * {@code ./culvert bench failover}: one of three servers is killed under load.
 *
 * <p>One thread drives it.
 */
@NullMarked
package io.culvert.benchmarks.failover;

import org.jspecify.annotations.NullMarked;
