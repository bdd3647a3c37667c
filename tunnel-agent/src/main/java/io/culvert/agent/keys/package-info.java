/**
 * From X25519 (RFC 7748) and the server's share to the keys of a pair's security associations
 * (HKDF, RFC 5869; keying material of RFC 4106, section 8.1).
 *
 * <p>Used by the control thread only. Secrets are zeroed after use.
 */
@NullMarked
package io.culvert.agent.keys;

import org.jspecify.annotations.NullMarked;
