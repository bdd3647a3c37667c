/**
 * The phases of the demonstration as integration tests.
 *
 * <p>One thread drives one laboratory.
 */
@NullMarked
package io.culvert.acceptance.demo;

import org.jspecify.annotations.NullMarked;
