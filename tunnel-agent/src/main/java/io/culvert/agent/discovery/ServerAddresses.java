package io.culvert.agent.discovery;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** All addresses behind the servers' names, in random order: so the load is shared. */
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

  /** Asks for every name; what cannot be resolved now is left out. */
  public static List<Target> resolveAll(List<String> servers) {
    List<Target> targets = new ArrayList<>();
    for (String server : servers) {
      InetSocketAddress parsed = parse(server);
      for (InetAddress address : addresses(parsed.getHostString())) {
        targets.add(
            new Target(parsed.getHostString(), new InetSocketAddress(address, parsed.getPort())));
      }
    }
    Collections.shuffle(targets);
    return targets;
  }

  private static InetAddress[] addresses(String host) {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException unresolvedNow) {
      return new InetAddress[0];
    }
  }
}
