/**
 * gRPC over TLS to a server, over a connection that a search has made: what the agent shows and
 * trusts, and which implementation of TLS does it.
 *
 * <p>Without state but Netty's event loops, which all links of a process share.
 */
@NullMarked
package io.culvert.agent.link;

import org.jspecify.annotations.NullMarked;
