/**
 * From the servers' names to one that accepts a connection: resolving with times to live, a memory
 * of what failed, an order that shares the load, and a race of connections (RFC 8305).
 *
 * <p>{@link io.culvert.agent.discovery.ServerFinder} blocks its caller: a virtual thread, never the
 * control thread. Everything else in here is its own.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8305">RFC 8305, Happy Eyeballs 2</a>
 */
@NullMarked
package io.culvert.agent.discovery;

import org.jspecify.annotations.NullMarked;
