package io.culvert.agent.discovery;

import io.culvert.agent.discovery.ServerAddresses.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses of documentation (RFC 5737, RFC 3849), and names for them. */
final class Addresses {
  private Addresses() {}

  static InetAddress ipv4(int number) {
    return InetAddress.ofLiteral("192.0.2." + number);
  }

  static InetAddress ipv6(int number) {
    return InetAddress.ofLiteral("2001:db8::" + Integer.toHexString(number));
  }

  static Target target(InetAddress address) {
    return new Target("vpn.example", new InetSocketAddress(address, 443));
  }
}
