/**
 * Netlink messages to and from the kernel's routing tables (rtnetlink(7), RFC 3549): what {@code ip
 * address}, {@code ip route} and {@code ip link} say, without the command.
 *
 * <p>Numbers are in host order, addresses in network order. A socket belongs to one thread at a
 * time and to the network namespace that its thread was in when it was opened.
 */
@NullMarked
package io.culvert.agent.netlink;

import org.jspecify.annotations.NullMarked;
