/**
 * The virtual interface: the port {@link io.culvert.agent.tun.TunDevice}, its Linux implementation
 * over the Foreign Function and Memory API, and netlink for addresses, routes and MTU.
 *
 * <p>A device is read by the outbound worker only and written by the inbound worker only.
 */
@NullMarked
package io.culvert.agent.tun;

import org.jspecify.annotations.NullMarked;
