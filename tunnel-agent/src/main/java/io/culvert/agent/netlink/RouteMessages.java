package io.culvert.agent.netlink;

import io.culvert.agent.linux.Sockets;
import java.net.InetAddress;

/**
 * Routes: RTM_NEWROUTE and RTM_DELROUTE, always in the main table and under our protocol number.
 *
 * <pre>
 *   struct rtmsg
 *    0                   1                   2                   3
 *   +---------------+---------------+---------------+---------------+
 *   |    family     | dst pref. len | src pref. len |      TOS      |
 *   +---------------+---------------+---------------+---------------+
 *   |     table     |   protocol    |     scope     |     type      |
 *   +---------------+---------------+---------------+---------------+
 *   |                             flags                             |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class RouteMessages {
  /** Who made a route: {@code ip route show proto 67} lists ours. */
  public static final int RTPROT_CULVERT = 67;

  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_DELROUTE = 25;
  private static final int NLM_F_REPLACE = 0x100;
  private static final int NLM_F_EXCL = 0x200;
  private static final int NLM_F_CREATE = 0x400;
  private static final int RT_TABLE_MAIN = 254;
  private static final int RT_SCOPE_UNIVERSE = 0;
  private static final int RT_SCOPE_LINK = 253;
  private static final int RTN_UNICAST = 1;
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_PREFSRC = 7;

  private RouteMessages() {}

  /**
   * Adds a route through an interface.
   *
   * @param ours whether one for the prefix may be there already, because we have set it before
   */
  public static NetlinkMessage add(
      int interfaceIndex, InetAddress prefix, int length, InetAddress source, boolean ours) {
    return route(RTM_NEWROUTE, createFlags(ours), interfaceIndex, prefix, length, source);
  }

  /** Takes a route of ours away. */
  public static NetlinkMessage remove(
      int interfaceIndex, InetAddress prefix, int length, InetAddress source) {
    return route(RTM_DELROUTE, 0, interfaceIndex, prefix, length, source);
  }

  /** Creates; in the place of ours, but never in the place of somebody else's. */
  static int createFlags(boolean ours) {
    return NLM_F_CREATE | (ours ? NLM_F_REPLACE : NLM_F_EXCL);
  }

  private static NetlinkMessage route(
      int type, int flags, int interfaceIndex, InetAddress prefix, int length, InetAddress source) {
    byte[] destination = prefix.getAddress();
    boolean ipv6 = destination.length == 16;
    return new NetlinkMessage(type, flags)
        .octet(ipv6 ? Sockets.AF_INET6 : Sockets.AF_INET)
        .octet(length)
        .octet(0)
        .octet(0)
        .octet(RT_TABLE_MAIN)
        .octet(RTPROT_CULVERT)
        .octet(ipv6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK)
        .octet(RTN_UNICAST)
        .doubleWord(0)
        .attribute(RTA_DST, destination)
        .attribute(RTA_OIF, interfaceIndex)
        .attribute(RTA_PREFSRC, source.getAddress());
  }
}
