package io.culvert.server.bootstrap;

import io.culvert.server.dns.SeedAddresses;
import io.culvert.server.pki.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * The servers at which a cluster is found, as {@code host:port}, in an order that is the same on
 * all servers.
 *
 * @param all this server's own address among them, if it is one
 * @param self this server's address
 */
record Seeds(List<String> all, String self) {
  private static final String DNS = "dns:";

  /** Copies the list. */
  Seeds {
    all = List.copyOf(all);
  }

  /**
   * Those of the settings: a static entry stays where it stands; at a name's place stand its
   * addresses, sorted.
   *
   * @throws SettingsException if a name cannot be resolved
   */
  static Seeds of(ServerSettings.ClusterSettings cluster) throws InterruptedException {
    List<String> all = new ArrayList<>();
    for (String entry : cluster.join()) {
      if (isName(entry)) {
        int colon = entry.lastIndexOf(':');
        String port = entry.substring(colon + 1);
        resolve(entry.substring(DNS.length(), colon))
            .forEach(address -> all.add(SeedAddresses.text(address) + ":" + port));
      } else {
        all.add(entry);
      }
    }
    return new Seeds(all.stream().distinct().toList(), cluster.host() + ":" + cluster.port());
  }

  /** Whether an entry of the settings is a name in DNS, {@code dns:NAME:PORT}. */
  static boolean isName(String entry) {
    return entry.startsWith(DNS);
  }

  private static List<InetAddress> resolve(String name) throws InterruptedException {
    try {
      return SeedAddresses.of(name);
    } catch (IOException e) {
      throw new SettingsException(
          "%s (culvert.cluster.join)".formatted(StartFailure.rootMessage(e)), e);
    }
  }

  /** The others, in order. */
  List<String> others() {
    return all.stream().filter(seed -> !seed.equals(self)).toList();
  }

  /**
   * Looks at all other seeds at once; blocks for some seconds at most.
   *
   * @throws SettingsException if one is of another cluster, or this server is to it
   */
  Map<String, Founding.Seen> look(ServerTls tls) throws InterruptedException {
    Map<String, Future<SeedProbe.Result>> looks = new HashMap<>();
    Map<String, Founding.Seen> seen = new HashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String seed : others()) {
        looks.put(seed, threads.submit(() -> SeedProbe.look(tls, seed)));
      }
      for (Map.Entry<String, Future<SeedProbe.Result>> look : looks.entrySet()) {
        switch (look.getValue().get()) {
          case SeedProbe.Misfit(String problem) -> throw new SettingsException(problem);
          case SeedProbe.Fits(Founding.Seen state) -> seen.put(look.getKey(), state);
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return seen;
  }

  /** Those of which nothing came back, for people. */
  static String silent(Map<String, Founding.Seen> seen) {
    return seen.entrySet().stream()
        .filter(entry -> entry.getValue() == Founding.Seen.SILENT)
        .map(Map.Entry::getKey)
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
