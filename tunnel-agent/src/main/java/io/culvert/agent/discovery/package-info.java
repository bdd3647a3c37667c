/**
 * From the servers' names to their addresses.
 *
 * <p>Stateless; resolving blocks its caller.
 */
@NullMarked
package io.culvert.agent.discovery;

import org.jspecify.annotations.NullMarked;
