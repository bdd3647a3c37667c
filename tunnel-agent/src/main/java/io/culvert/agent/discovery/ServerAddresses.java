package io.culvert.agent.discovery;

import java.net.InetSocketAddress;

/** How people write a server, and one of its addresses. */
public final class ServerAddresses {
  private ServerAddresses() {}

  /**
   * One address of one server.
   *
   * @param authority the name by which its certificate is checked
   */
  public record Target(String authority, InetSocketAddress address) {
    @Override
    public String toString() {
      String host = address.getAddress().getHostAddress();
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
  }

  /**
   * Splits {@code host:port}; an IPv6 address stands in brackets.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static InetSocketAddress parse(String server) {
    int colon = server.lastIndexOf(':');
    try {
      int port = Integer.parseInt(server.substring(colon + 1));
      String host = server.substring(0, Math.max(0, colon)).replaceAll("^\\[|]$", "");
      if (!host.isEmpty() && port > 0 && port <= 65535) {
        return InetSocketAddress.createUnresolved(host, port);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'%s' is not a server: write host:port".formatted(server), e);
    }
    throw new IllegalArgumentException("'%s' is not a server: write host:port".formatted(server));
  }
}
