/**
 * Keeps this server's addresses at the round-robin name of its cluster: adds them when it serves,
 * puts them back if they are gone, removes them when it stops, and those of servers that are gone
 * without a word. RFC 2136 updates, signed with TSIG (RFC 8945).
 *
 * <p>One thread of its own, which blocks on the DNS server; nobody waits for it but who stops the
 * server. It owns {@link io.culvert.server.dns.Upkeep} and the zone.
 */
@NullMarked
package io.culvert.server.dns;

import org.jspecify.annotations.NullMarked;
