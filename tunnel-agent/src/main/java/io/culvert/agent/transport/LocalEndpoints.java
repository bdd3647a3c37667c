package io.culvert.agent.transport;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * Where this node's UDP socket can be reached without a NAT: its own global and site addresses.
 * Control thread.
 */
public final class LocalEndpoints implements AutoCloseable {
  private LocalEndpoints() {}

  /** Begins to watch the addresses of this network namespace. */
  public static LocalEndpoints open() {
    return new LocalEndpoints();
  }

  /**
   * The endpoints now, IPv4 first, without loopback, link-local, tentative and deprecated
   * addresses.
   *
   * @param port the UDP socket's
   * @param excludedInterfaces by name: the virtual interfaces of this and other agents
   * @param excludedAddresses further ones, for example virtual addresses
   */
  public List<Endpoint> find(
      int port, Set<String> excludedInterfaces, Set<InetAddress> excludedAddresses) {
    return List.of();
  }

  /** Whether an address or route has changed since the last call. Does not block. */
  public boolean changed() {
    return false;
  }

  @Override
  public void close() {}
}
