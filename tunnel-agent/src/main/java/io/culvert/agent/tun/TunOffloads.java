package io.culvert.agent.tun;

/**
 * What a kernel leaves to the reader of a TUN device, and does for its writer (linux/if_tun.h,
 * TUN_F_*).
 *
 * @param checksums frames may hold packets with partial checksums
 * @param tcpIpv4 frames may hold TCP packets over IPv4 larger than the MTU (TSO4)
 * @param tcpIpv6 the same over IPv6 (TSO6)
 * @param udp frames may hold several UDP datagrams of one size behind one header, over IPv4 and
 *     IPv6 (USO4 and USO6, Linux 6.2)
 */
public record TunOffloads(boolean checksums, boolean tcpIpv4, boolean tcpIpv6, boolean udp) {
  /** Plain packets only. */
  public static final TunOffloads NONE = new TunOffloads(false, false, false, false);

  /** Everything. */
  public static final TunOffloads ALL = new TunOffloads(true, true, true, true);
}
