package io.culvert.server.bootstrap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the computer says of itself, for defaults. */
final class HostFacts {
  private HostFacts() {}

  /** The host name as a valid server name. */
  static String hostName() {
    String name;
    try {
      name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException notLinux) {
      try {
        name = InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        name = "server";
      }
    }
    String clean = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
    String cut = clean.substring(0, Math.min(63, clean.length()));
    String trimmed = cut.replaceAll("^[-.]+|[-.]+$", "");
    return trimmed.isEmpty() ? "server" : trimmed;
  }

  /** Where a server keeps its data unless told otherwise. */
  static Path defaultDataDirectory() {
    if ("root".equals(System.getProperty("user.name"))) {
      return Path.of("/var/lib/culvert-server");
    }
    return Path.of(System.getProperty("user.home"), ".local", "share", "culvert-server");
  }

  /** The addresses of this computer that others may reach, loopback last. */
  static List<InetAddress> addresses() {
    List<InetAddress> addresses = new ArrayList<>();
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .forEach(addresses::add);
    } catch (SocketException e) {
      throw new UncheckedIOException("cannot list this computer's addresses", e);
    }
    addresses.add(InetAddress.getLoopbackAddress());
    return addresses;
  }

  /** The gateway's addresses as {@code host:port}. */
  static List<String> advertisedGateways(int port) {
    return addresses().stream()
        .map(
            address -> {
              String host = address.getHostAddress().replaceAll("%.*$", "");
              return (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + port;
            })
        .toList();
  }
}
