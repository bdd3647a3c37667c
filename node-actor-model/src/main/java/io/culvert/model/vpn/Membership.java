package io.culvert.model.vpn;

import io.culvert.model.identity.NodeId;
import java.net.Inet4Address;
import java.net.Inet6Address;

/**
 * A node's place in a VPN.
 *
 * @param node the member
 * @param role hub or spoke
 * @param index unique in the VPN, 1 to 1,048,575; part of the SPIs of the node's security
 *     associations
 * @param admittedRevision the revision that admitted the node; tells two consecutive memberships of
 *     the same node apart
 * @param virtualIpv4 the node's inner address, never owned by two members at once
 * @param virtualIpv6 the node's inner IPv6 address
 */
public record Membership(
    NodeId node,
    Role role,
    int index,
    long admittedRevision,
    Inet4Address virtualIpv4,
    Inet6Address virtualIpv6) {
  /** The same with another role. */
  public Membership with(Role changed) {
    return new Membership(node, changed, index, admittedRevision, virtualIpv4, virtualIpv6);
  }
}
