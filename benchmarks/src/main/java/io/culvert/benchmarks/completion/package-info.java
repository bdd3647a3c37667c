/**
 * The completion script of all of Culvert's commands.
 *
 * <p>One thread.
 */
@NullMarked
package io.culvert.benchmarks.completion;

import org.jspecify.annotations.NullMarked;
