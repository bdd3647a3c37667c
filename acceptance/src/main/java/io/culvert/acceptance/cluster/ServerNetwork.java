package io.culvert.acceptance.cluster;

import io.culvert.acceptance.lab.Blockade;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabHost;
import io.culvert.acceptance.lab.Laboratory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A network namespace for each server, joined by a router that can cut one off without a word:
 * {@link Laboratory.Shape#CLUSTER}. This process is beside them, with all that is not a server.
 */
public final class ServerNetwork implements AutoCloseable {
  /** How many servers have a place. */
  public static final int SIZE = 3;

  private static final String NAME = "culvert-chaos";
  private static final String HERE = "198.18.20.2";
  private static final String EVERYBODY = "198.18.0.0/15";

  private final Laboratory lab;
  private final LabHost router;

  private ServerNetwork(Laboratory lab) {
    this.lab = lab;
    this.router = lab.host("wan");
  }

  /**
   * Builds it, connected to this process's network namespace.
   *
   * @param run a directory for the laboratory's notes
   * @throws io.culvert.acceptance.lab.LabException if that namespace has another network: it is not
   *     one that was made for this
   */
  public static ServerNetwork build(CulvertHome home, Path run) {
    return new ServerNetwork(Laboratory.up(home, NAME, run, Laboratory.Shape.CLUSTER));
  }

  /** Where the servers belong. */
  public List<ServerHost> hosts() {
    return IntStream.range(0, SIZE)
        .<ServerHost>mapToObj(
            server ->
                new ServerHost.Namespace(lab.host("s%d".formatted(server + 1)), address(server)))
        .toList();
  }

  /** Starts a database here, where all servers reach it. */
  public OwnPostgreSql startDatabase() {
    return OwnPostgreSql.start(lab.home(), HERE, EVERYBODY);
  }

  /** Cuts a server off from the other servers; agents, administrators and the database reach it. */
  public Blockade partition(int server) {
    String victim = address(server);
    String others =
        IntStream.range(0, SIZE)
            .filter(other -> other != server)
            .mapToObj(ServerNetwork::address)
            .collect(Collectors.joining(", ", "{ ", " }"));
    return Blockade.of(
        router,
        "ip saddr %s ip daddr %s".formatted(victim, others),
        "ip saddr %s ip daddr %s".formatted(others, victim));
  }

  /** Cuts a server off from everybody. */
  public Blockade isolate(int server) {
    String victim = address(server);
    return Blockade.of(router, "ip saddr " + victim, "ip daddr " + victim);
  }

  private static String address(int server) {
    return "198.18.%d.2".formatted(21 + server);
  }

  /** Ends what still runs in it, and removes it. */
  @Override
  public void close() {
    lab.close();
  }
}
