/**
 * The security policy database (RFC 4301, section 4.4.1): which peer an outbound packet is
 * protected for, by its inner addresses, and which inner addresses a peer may use. What no policy
 * names is discarded.
 *
 * <p>Immutable once published by the control thread; read by both workers.
 */
@NullMarked
package io.culvert.agent.spd;

import org.jspecify.annotations.NullMarked;
