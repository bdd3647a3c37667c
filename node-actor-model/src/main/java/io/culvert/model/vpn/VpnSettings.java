package io.culvert.model.vpn;

/**
 * What an administrator chooses when creating a VPN.
 *
 * @param cipherSuite the ESP transform
 * @param topology who reaches whom
 * @param ipv4Pool prefix of the virtual IPv4 addresses, CIDR, /8 to /30, for example {@code
 *     100.64.0.0/16}
 * @param ipv6Pool prefix of the virtual IPv6 addresses, CIDR, /48 to /112, for example {@code
 *     fd00:1::/64}
 */
public record VpnSettings(
    CipherSuite cipherSuite, Topology topology, String ipv4Pool, String ipv6Pool) {
  /** The same with another transform. */
  public VpnSettings with(CipherSuite changed) {
    return new VpnSettings(changed, topology, ipv4Pool, ipv6Pool);
  }

  /** The same with another topology. */
  public VpnSettings with(Topology changed) {
    return new VpnSettings(cipherSuite, changed, ipv4Pool, ipv6Pool);
  }
}
