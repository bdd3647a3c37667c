/**
 * Which peers are measured, and what is said of the others.
 *
 * <p>One thread.
 */
@NullMarked
package io.culvert.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
