package io.culvert.agent.transport;

import io.culvert.agent.netlink.AddressMessages;
import io.culvert.agent.netlink.LinkMessages;
import io.culvert.agent.netlink.LinkMessages.Link;
import io.culvert.agent.netlink.NetlinkException;
import io.culvert.agent.netlink.NetlinkSocket;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where this node's UDP socket can be reached without a NAT: its own global and site addresses.
 * Control thread.
 */
public final class LocalEndpoints implements AutoCloseable {
  private final NetlinkSocket requests;
  private final NetlinkSocket notifications;

  private LocalEndpoints(NetlinkSocket requests, NetlinkSocket notifications) {
    this.requests = requests;
    this.notifications = notifications;
  }

  /**
   * Begins to watch the addresses of this network namespace.
   *
   * @throws UncheckedIOException if the kernel refuses netlink
   */
  public static LocalEndpoints open() {
    NetlinkSocket requests = NetlinkSocket.open();
    try {
      return new LocalEndpoints(requests, NetlinkSocket.open(NetlinkSocket.ADDRESSING));
    } catch (UncheckedIOException e) {
      requests.close();
      throw e;
    }
  }

  /**
   * The endpoints now, IPv4 first, without loopback, link-local, tentative and deprecated
   * addresses, and without interfaces that are down.
   *
   * @param port the UDP socket's
   * @param excludedInterfaces by name: the virtual interfaces of this and other agents
   * @param excludedAddresses further ones, for example virtual addresses
   * @throws UncheckedIOException if the kernel refuses
   */
  public List<Endpoint> find(
      int port, Set<String> excludedInterfaces, Set<InetAddress> excludedAddresses) {
    try {
      Map<Integer, Link> links = LinkMessages.all(requests);
      List<Endpoint> endpoints = new ArrayList<>();
      for (var assigned : AddressMessages.usable(requests)) {
        Link link = links.get(assigned.interfaceIndex());
        InetAddress address = assigned.address();
        if (link != null
            && link.up()
            && !link.loopback()
            && !excludedInterfaces.contains(link.name())
            && !excludedAddresses.contains(address)
            && isReachable(address)) {
          endpoints.add(Endpoint.of(address.getAddress(), port));
        }
      }
      endpoints.sort(Comparator.comparing(endpoint -> !endpoint.isIpv4()));
      return List.copyOf(endpoints);
    } catch (NetlinkException e) {
      throw new UncheckedIOException("cannot list this host's addresses: " + e.getMessage(), e);
    }
  }

  private static boolean isReachable(InetAddress address) {
    return !address.isLoopbackAddress()
        && !address.isLinkLocalAddress()
        && !address.isAnyLocalAddress()
        && !address.isMulticastAddress();
  }

  /** Whether a link, an address or a route has changed since the last call. Does not block. */
  public boolean changed() {
    return notifications.drainNotifications();
  }

  @Override
  public void close() {
    requests.close();
    notifications.close();
  }
}
