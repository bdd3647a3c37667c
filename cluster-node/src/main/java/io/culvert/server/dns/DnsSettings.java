package io.culvert.server.dns;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where the round-robin name is kept.
 *
 * @param zone the zone that takes the updates
 * @param name the round-robin name, in the zone
 * @param server host of the zone's primary server; resolved anew for each connection
 * @param ttl how long resolvers may believe the addresses; whole seconds
 * @param addresses of this server, as agents reach it; at least one
 */
public record DnsSettings(
    String zone,
    String name,
    String server,
    int port,
    Duration ttl,
    Tsig tsig,
    List<InetAddress> addresses) {
  /** Copies the list. */
  public DnsSettings {
    addresses = List.copyOf(addresses);
  }

  /**
   * The key that updates are signed with.
   *
   * @param algorithm {@code hmac-sha256}, for example
   * @param secretFile holds the secret in base64
   */
  public record Tsig(String name, String algorithm, Path secretFile) {}
}
