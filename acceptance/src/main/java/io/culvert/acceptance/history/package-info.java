/**
 * The history of a run: each command with its answer, each fault, and all that each agent saw; and
 * the checker that proves from it what must always hold. Pure.
 */
@NullMarked
package io.culvert.acceptance.history;

import org.jspecify.annotations.NullMarked;
