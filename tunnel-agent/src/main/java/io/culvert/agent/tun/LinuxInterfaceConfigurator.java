package io.culvert.agent.tun;

import io.culvert.agent.linux.Errno;
import io.culvert.agent.netlink.AddressMessages;
import io.culvert.agent.netlink.LinkMessages;
import io.culvert.agent.netlink.NetlinkException;
import io.culvert.agent.netlink.NetlinkMessage;
import io.culvert.agent.netlink.NetlinkSocket;
import io.culvert.agent.netlink.RouteMessages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Addresses and routes of an interface over rtnetlink.
 *
 * <p>Order of a change: routes that are not wanted go, addresses come, routes come or take the
 * place of ours, addresses that are not wanted go. So no route ever prefers an address that is not
 * there, and a prefix whose preferred source changes is never without a route.
 *
 * <p>What is wanted and set already is set again, so that it comes back if somebody took it away.
 */
public final class LinuxInterfaceConfigurator implements InterfaceConfigurator, AutoCloseable {
  private record Prefix(InetAddress address, int length) {
    static Prefix of(Route route) {
      return new Prefix(route.prefix(), route.prefixLength());
    }

    @Override
    public String toString() {
      return address.getHostAddress() + "/" + length;
    }
  }

  private final NetlinkSocket netlink;
  private final NetlinkSocket notifications;
  private final String interfaceName;
  private final int interfaceIndex;
  private final Set<Address> ownAddresses = new HashSet<>();
  private final Map<Prefix, Route> ownRoutes = new HashMap<>();
  private final List<String> refusals = new ArrayList<>();

  private LinuxInterfaceConfigurator(
      NetlinkSocket netlink, NetlinkSocket notifications, String interfaceName, int index) {
    this.netlink = netlink;
    this.notifications = notifications;
    this.interfaceName = interfaceName;
    interfaceIndex = index;
  }

  /**
   * For an interface that exists.
   *
   * @throws UncheckedIOException if there is none of this name
   */
  public static LinuxInterfaceConfigurator open(String interfaceName) {
    NetlinkSocket netlink = NetlinkSocket.open();
    try {
      int index = LinkMessages.indexOf(netlink, interfaceName);
      NetlinkSocket notifications = NetlinkSocket.open(NetlinkSocket.ADDRESSING);
      return new LinuxInterfaceConfigurator(netlink, notifications, interfaceName, index);
    } catch (UncheckedIOException e) {
      netlink.close();
      throw e;
    } catch (NetlinkException e) {
      netlink.close();
      throw new UncheckedIOException(
          "there is no interface %s: %s".formatted(interfaceName, e.getMessage()), e);
    }
  }

  /**
   * Does nothing if nothing is new and nobody has changed this host's addressing: most changes of a
   * view change keys and peers only. What somebody else takes away while this is at work is set
   * again when the next change of addressing is seen.
   */
  @Override
  public void apply(Set<Address> addresses, Set<Route> routes) {
    boolean asBefore =
        refusals.isEmpty()
            && ownAddresses.equals(addresses)
            && Set.copyOf(ownRoutes.values()).equals(routes);
    if (!notifications.drainNotifications() && asBefore) {
      return;
    }
    set(addresses, routes);
    var _ = notifications.drainNotifications(); // our own
    if (!refusals.isEmpty()) {
      String sentence = String.join("; ", refusals);
      throw new UncheckedIOException(sentence, new IOException(sentence));
    }
  }

  private void set(Set<Address> addresses, Set<Route> routes) {
    refusals.clear();
    Set<Prefix> wantedPrefixes = new HashSet<>();
    routes.forEach(route -> wantedPrefixes.add(Prefix.of(route)));
    for (Route route : List.copyOf(ownRoutes.values())) {
      if (!wantedPrefixes.contains(Prefix.of(route))) {
        remove(route);
      }
    }
    addresses.forEach(this::add);
    routes.forEach(this::add);
    for (Address address : List.copyOf(ownAddresses)) {
      if (!addresses.contains(address)) {
        remove(address);
      }
    }
  }

  private void add(Address address) {
    boolean ours = ownAddresses.contains(address);
    int errno =
        change(
            AddressMessages.add(interfaceIndex, address.address(), ours),
            "address",
            address.address().getHostAddress(),
            Errno.EEXIST);
    if (errno == 0) {
      ownAddresses.add(address);
    }
  }

  private void remove(Address address) {
    String text = address.address().getHostAddress();
    NetlinkMessage message = AddressMessages.remove(interfaceIndex, address.address());
    change(message, "removal of address", text, Errno.EADDRNOTAVAIL);
    ownAddresses.remove(address);
  }

  private void add(Route route) {
    Prefix prefix = Prefix.of(route);
    NetlinkMessage message =
        RouteMessages.add(
            interfaceIndex,
            route.prefix(),
            route.prefixLength(),
            route.preferredSource(),
            ownRoutes.containsKey(prefix));
    String text = prefix + " from " + route.preferredSource().getHostAddress();
    if (change(message, "route", text, 0) == 0) {
      ownRoutes.put(prefix, route);
    }
  }

  private void remove(Route route) {
    NetlinkMessage message =
        RouteMessages.remove(
            interfaceIndex, route.prefix(), route.prefixLength(), route.preferredSource());
    Prefix prefix = Prefix.of(route);
    change(message, "removal of route", prefix.toString(), Errno.ESRCH);
    ownRoutes.remove(prefix);
  }

  /**
   * Asks for a change and notes a refusal.
   *
   * @param harmless an error that means that things are as they should be; 0 for none
   * @return 0 or the error
   */
  private int change(NetlinkMessage message, String what, String which, int harmless) {
    try {
      netlink.change(message);
      return 0;
    } catch (NetlinkException e) {
      if (e.errno() != harmless) {
        refusals.add(
            "the kernel refused %s %s on %s: %s"
                .formatted(what, which, interfaceName, reason(e, what)));
      }
      return e.errno();
    }
  }

  private static String reason(NetlinkException e, String what) {
    return switch (e.errno()) {
      case Errno.EEXIST -> "somebody else has set a %s like it".formatted(what);
      case Errno.EPERM -> "changing it needs CAP_NET_ADMIN";
      default -> String.valueOf(e.getMessage());
    };
  }

  /** Closes the netlink socket; what was set stays set until the interface goes. */
  @Override
  public void close() {
    netlink.close();
    notifications.close();
  }
}
