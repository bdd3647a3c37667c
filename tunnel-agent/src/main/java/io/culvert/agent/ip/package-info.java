/**
 * Views of IP and TCP headers over byte arrays (RFC 791, RFC 8200, RFC 9293) and the Internet
 * checksum (RFC 1071). No I/O, no allocation.
 *
 * <p>A view belongs to the thread that made it.
 */
@NullMarked
package io.culvert.agent.ip;

import org.jspecify.annotations.NullMarked;
