/**
 * What the shell is offered.
 *
 * <p>One thread.
 */
@NullMarked
package io.culvert.benchmarks.completion;

import org.jspecify.annotations.NullMarked;
