/**
 * IP Encapsulating Security Payload: packet form, transforms, sealing and opening (RFC 4303, RFC
 * 4106, RFC 7634, RFC 3602, RFC 4868), extended sequence numbers and the anti-replay window (RFC
 * 6479).
 *
 * <p>Outbound objects belong to the outbound worker, inbound objects to the inbound worker.
 */
@NullMarked
package io.culvert.agent.esp;

import org.jspecify.annotations.NullMarked;
