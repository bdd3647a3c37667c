package io.culvert.acceptance.cluster;

import io.culvert.acceptance.lab.CulvertHome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Servers that are one cluster. */
public final class ServerCluster implements AutoCloseable {
  private static final String PASSWORD = "correct horse battery staple";

  private final List<ClusterServer> servers = new ArrayList<>();
  private final ClusterStorage storage;

  private ServerCluster(ClusterStorage storage) {
    this.storage = storage;
  }

  /**
   * How the servers are.
   *
   * @param size how many
   * @param javaOptions for their JVMs, separated by spaces
   * @param settings in HOCON, for the file of each server
   */
  public record Shape(int size, String javaOptions, String settings) {}

  /**
   * Starts servers on the loopback address and waits until all serve. If that fails, none is left.
   *
   * @param directory for their data and logs; exists
   * @param storage closed with the cluster
   */
  public static ServerCluster start(
      CulvertHome home, Path directory, ClusterStorage storage, Shape shape) {
    return start(home, directory, storage, shape, ServerHost.loopback(shape.size()));
  }

  /**
   * Starts servers and waits until all serve. If that fails, none is left.
   *
   * @param directory for their data and logs; exists
   * @param storage closed with the cluster
   * @param hosts for one server each, as many as there are servers or more
   */
  public static ServerCluster start(
      CulvertHome home,
      Path directory,
      ClusterStorage storage,
      Shape shape,
      List<ServerHost> hosts) {
    ServerCluster cluster = new ServerCluster(storage);
    try {
      cluster.make(home, directory, shape, hosts);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void make(CulvertHome home, Path directory, Shape shape, List<ServerHost> hosts) {
    for (int i = 1; i <= shape.size(); i++) {
      String name = "s" + i;
      servers.add(
          new ClusterServer(
              name, home, hosts.get(i - 1), directory.resolve(name), shape.javaOptions()));
    }
    String common =
        """
        culvert.agent-gateway.advertised = [ %s ]
        culvert.cluster.join = [ %s ]
        %s
        %s
        """
            .formatted(
                quoted(gateways()),
                quoted(servers.stream().map(ClusterServer::clusterAddress).toList()),
                storage.settings(),
                shape.settings());
    servers.forEach(server -> server.configure(common));
    ClusterServer first = servers.getFirst();
    first.launch();
    // The first one makes the keys that the others use.
    first.awaitKeys();
    for (ClusterServer other : servers.subList(1, servers.size())) {
      first.shareKeysWith(other);
      other.launch();
    }
    servers.forEach(ClusterServer::awaitReady);
  }

  private static String quoted(List<String> values) {
    return values.stream().map(value -> '"' + value + '"').collect(Collectors.joining(", "));
  }

  /** All servers, those that do not run too. */
  public List<ClusterServer> servers() {
    return List.copyOf(servers);
  }

  /** Where agents reach the servers. */
  public List<String> gateways() {
    return servers.stream().map(ClusterServer::gateway).toList();
  }

  /** Starts those that do not run, and waits until they serve. */
  public void startMissing() {
    List<ClusterServer> missing = servers.stream().filter(server -> !server.isRunning()).toList();
    missing.forEach(ClusterServer::launch);
    missing.forEach(ClusterServer::awaitReady);
  }

  /** Logs on as the first administrator, who keeps the one-time password no longer. Once. */
  public ClusterAdministrator logon() {
    ClusterServer first = servers.getFirst();
    ClusterAdministrator administrator =
        new ClusterAdministrator(
            first.authority(), servers.stream().map(ClusterServer::adminUrl).toList());
    administrator.login("admin", first.oneTimePassword(), PASSWORD);
    return administrator;
  }

  /** Kills all servers, and ends the storage. */
  @Override
  public void close() {
    servers.forEach(ClusterServer::close);
    storage.close();
  }
}
