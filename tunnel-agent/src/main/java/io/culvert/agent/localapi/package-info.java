/**
 * How {@code culvert agent status} and its sisters speak to the running agent: a Unix socket for
 * its owner only, one line of JSON each way.
 *
 * <p>Each connection is served by a virtual thread of its own.
 */
@NullMarked
package io.culvert.agent.localapi;

import org.jspecify.annotations.NullMarked;
