/**
 * The agent's command line, and the program behind {@code agent up}.
 *
 * <p>The main thread only.
 */
@NullMarked
package io.culvert.agent.main;

import org.jspecify.annotations.NullMarked;
