/**
 * What is in a UDP payload: keepalive, IKE, masqueraded ESP or plain ESP (RFC 3948, section 2,
 * extended with the SPIs 1 to 255 that IANA reserves), and the masquerade header itself.
 *
 * <p>Pure functions over byte arrays; any thread.
 */
@NullMarked
package io.culvert.agent.masquerade;

import org.jspecify.annotations.NullMarked;
