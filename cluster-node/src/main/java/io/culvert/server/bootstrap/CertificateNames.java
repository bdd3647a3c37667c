package io.culvert.server.bootstrap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** By which names and addresses others reach a server: what its certificate says. */
final class CertificateNames {
  private CertificateNames() {}

  /**
   * Of the advertised gateways, the addresses it listens at, the computer and the cluster.
   *
   * @param local the computer's addresses
   */
  static List<String> of(ServerSettings settings, List<InetAddress> local) {
    List<String> names = new ArrayList<>();
    settings.gateway().advertised().forEach(gateway -> names.add(host(gateway)));
    Stream.of(settings.gateway().listen(), settings.admin().listen())
        .map(InetSocketAddress::getAddress)
        .filter(address -> !address.isAnyLocalAddress())
        .forEach(address -> names.add(text(address)));
    local.forEach(address -> names.add(text(address)));
    names.add(settings.serverName());
    names.add("localhost");
    names.add(withoutBrackets(settings.cluster().host()));
    return names.stream().distinct().toList();
  }

  /** The host of {@code host:port}, without the brackets of an IPv6 address. */
  private static String host(String gateway) {
    return withoutBrackets(gateway.substring(0, gateway.lastIndexOf(':')));
  }

  private static String withoutBrackets(String host) {
    return host.replaceAll("[\\[\\]]", "");
  }

  private static String text(InetAddress address) {
    return address.getHostAddress().replaceAll("%.*$", "");
  }
}
