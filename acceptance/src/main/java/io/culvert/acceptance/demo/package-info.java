/**
 * The demonstration, {@code ./culvert demo}: one class for each phase, all of them driving the real
 * commands in a laboratory. The integration tests run the same phases.
 *
 * <p>One thread; a shutdown hook takes the laboratory down when the user interrupts.
 */
@NullMarked
package io.culvert.acceptance.demo;

import org.jspecify.annotations.NullMarked;
