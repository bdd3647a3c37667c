package io.culvert.agent.netlink;

import io.culvert.agent.linux.Sockets;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Addresses: RTM_NEWADDR, RTM_DELADDR and RTM_GETADDR.
 *
 * <pre>
 *   struct ifaddrmsg
 *    0                   1                   2                   3
 *   +---------------+---------------+---------------+---------------+
 *   |    family     | prefix length |     flags     |     scope     |
 *   +---------------+---------------+---------------+---------------+
 *   |                        interface index                        |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class AddressMessages {
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_GETADDR = 22;
  private static final int FIXED_BYTES = 8;
  private static final int SCOPE = 3;
  private static final int INDEX = 4;
  private static final int RT_SCOPE_UNIVERSE = 0;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_F_NODAD = 0x02;
  private static final int IFA_F_DADFAILED = 0x08;
  private static final int IFA_F_DEPRECATED = 0x20;
  private static final int IFA_F_TENTATIVE = 0x40;

  private AddressMessages() {}

  /** An address as a dump tells of it: usable ones of global scope only. */
  public record Assigned(int interfaceIndex, InetAddress address) {}

  /**
   * Adds an address as /32 or /128, without duplicate address detection.
   *
   * @param ours whether it may be there already, because we have set it before
   */
  public static NetlinkMessage add(int interfaceIndex, InetAddress address, boolean ours) {
    return host(RTM_NEWADDR, RouteMessages.createFlags(ours), interfaceIndex, address);
  }

  /** Takes a /32 or /128 away. */
  public static NetlinkMessage remove(int interfaceIndex, InetAddress address) {
    return host(RTM_DELADDR, 0, interfaceIndex, address);
  }

  private static NetlinkMessage host(int type, int flags, int interfaceIndex, InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean ipv6 = bytes.length == 16;
    return new NetlinkMessage(type, flags)
        .octet(ipv6 ? Sockets.AF_INET6 : Sockets.AF_INET)
        .octet(8 * bytes.length)
        .octet(ipv6 ? IFA_F_NODAD : 0)
        .octet(RT_SCOPE_UNIVERSE)
        .doubleWord(interfaceIndex)
        .attribute(IFA_LOCAL, bytes)
        .attribute(IFA_ADDRESS, bytes);
  }

  /**
   * All addresses of global scope that can be used: not tentative, not deprecated.
   *
   * @throws NetlinkException if the kernel refuses
   */
  public static List<Assigned> usable(NetlinkSocket netlink) throws NetlinkException {
    NetlinkMessage request =
        new NetlinkMessage(RTM_GETADDR, 0).octet(0).octet(0).octet(0).octet(0).doubleWord(0);
    int unusable = IFA_F_DADFAILED | IFA_F_DEPRECATED | IFA_F_TENTATIVE;
    List<Assigned> found = new ArrayList<>();
    for (NetlinkReply reply : netlink.dump(request)) {
      byte[] local = reply.attribute(FIXED_BYTES, IFA_LOCAL);
      byte[] address = local == null ? reply.attribute(FIXED_BYTES, IFA_ADDRESS) : local;
      boolean usable = (reply.octet(2) & unusable) == 0 && reply.octet(SCOPE) == RT_SCOPE_UNIVERSE;
      if (reply.type() == RTM_NEWADDR && usable && address != null) {
        found.add(new Assigned(reply.doubleWord(INDEX), toAddress(address)));
      }
    }
    return found;
  }

  private static InetAddress toAddress(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("the kernel gave an address of no IP family", e);
    }
  }
}
