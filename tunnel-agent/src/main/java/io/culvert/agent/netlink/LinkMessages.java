package io.culvert.agent.netlink;

import io.culvert.agent.linux.Errno;
import io.culvert.agent.linux.Sockets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Interfaces: RTM_NEWLINK and RTM_GETLINK.
 *
 * <pre>
 *   struct ifinfomsg
 *    0                   1                   2                   3
 *   +---------------+---------------+-------------------------------+
 *   |    family     |   reserved    |  device type (ARPHRD_...)     |
 *   +---------------+---------------+-------------------------------+
 *   |                        interface index                        |
 *   +---------------------------------------------------------------+
 *   |                 flags (IFF_UP, IFF_LOOPBACK...)               |
 *   +---------------------------------------------------------------+
 *   |                  change: which flags are meant                |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class LinkMessages {
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_GETLINK = 18;
  private static final int FIXED_BYTES = 16;
  private static final int INDEX = 4;
  private static final int FLAGS = 8;
  private static final int IFF_UP = 1;
  private static final int IFF_LOOPBACK = 8;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_TXQLEN = 13;
  private static final int IFLA_GSO_MAX_SIZE = 41;
  private static final int IFLA_AF_SPEC = 26;
  private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
  private static final byte IN6_ADDR_GEN_MODE_NONE = 1;

  private LinkMessages() {}

  /** An interface as a dump tells of it. */
  public record Link(int index, String name, boolean up, boolean loopback) {}

  private static NetlinkMessage link(int type, int index, int flags, int change) {
    return new NetlinkMessage(type, 0)
        .octet(0)
        .octet(0)
        .word(0)
        .doubleWord(index)
        .doubleWord(flags)
        .doubleWord(change);
  }

  /** Sets MTU and the length of the transmit queue, and brings the interface up. */
  public static NetlinkMessage setUp(int index, int mtuBytes, int queueFrames) {
    return link(RTM_NEWLINK, index, IFF_UP, IFF_UP)
        .attribute(IFLA_MTU, mtuBytes)
        .attribute(IFLA_TXQLEN, queueFrames);
  }

  /** Limits the packets that the kernel hands over to be segmented, headers included. */
  public static NetlinkMessage limitSegmentation(int index, int maxBytes) {
    return link(RTM_NEWLINK, index, 0, 0).attribute(IFLA_GSO_MAX_SIZE, maxBytes);
  }

  /** Lets the kernel give the interface no IPv6 address of its own (no fe80::, no RS). */
  public static NetlinkMessage withoutOwnIpv6Address(int index) {
    NetlinkMessage message = link(RTM_NEWLINK, index, 0, 0);
    int families = message.begin(IFLA_AF_SPEC);
    int inet6 = message.begin(Sockets.AF_INET6);
    return message
        .attribute(IFLA_INET6_ADDR_GEN_MODE, new byte[] {IN6_ADDR_GEN_MODE_NONE})
        .end(inet6)
        .end(families);
  }

  /**
   * The index of the interface of a name.
   *
   * @throws NetlinkException ENODEV if there is none
   */
  public static int indexOf(NetlinkSocket netlink, String name) throws NetlinkException {
    List<NetlinkReply> replies =
        netlink.get(link(RTM_GETLINK, 0, 0, 0).attribute(IFLA_IFNAME, name));
    if (replies.isEmpty()) {
      throw new NetlinkException(Errno.ENODEV, null);
    }
    return replies.getFirst().doubleWord(INDEX);
  }

  /**
   * All interfaces by index.
   *
   * @throws NetlinkException if the kernel refuses
   */
  public static Map<Integer, Link> all(NetlinkSocket netlink) throws NetlinkException {
    Map<Integer, Link> links = new HashMap<>();
    for (NetlinkReply reply : netlink.dump(link(RTM_GETLINK, 0, 0, 0))) {
      String name = reply.text(FIXED_BYTES, IFLA_IFNAME);
      if (reply.type() == RTM_NEWLINK && name != null) {
        int index = reply.doubleWord(INDEX);
        int flags = reply.doubleWord(FLAGS);
        boolean up = (flags & IFF_UP) != 0;
        links.put(index, new Link(index, name, up, (flags & IFF_LOOPBACK) != 0));
      }
    }
    return links;
  }
}
