package io.culvert.benchmarks.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.acceptance.cluster.ClusterAdministrator;
import io.culvert.acceptance.cluster.ClusterServer;
import io.culvert.acceptance.cluster.OwnPostgreSql;
import io.culvert.acceptance.cluster.ServerCluster;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.swarm.SwarmProgram;
import io.culvert.acceptance.swarm.SwarmReply;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Three servers and many agents in one VPN of two hubs and many spokes: in a full mesh of 10,000
 * nodes every agent would hold a view of 10,000, which no single computer has the memory for.
 */
public final class Fleet implements AutoCloseable {
  /** The VPN that all agents are in. */
  public static final String VPN = "bench/fleet";

  private static final int SERVERS = 3;
  private static final int HUBS = 2;
  private static final int ENROLLED_TOGETHER = 500;
  private static final Duration TELL_INTERVAL = Duration.ofSeconds(5);

  /**
   * A heap that holds 10,000 sessions; large enough that collections are not what is measured.
   * After a full collection it is little larger than what lives: resident is what servers need.
   */
  private static final String SERVER_OPTIONS =
      "-Xmx1g -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20";

  /** To count thousands of agents takes a part of a processor. */
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(250);

  /** Agents that come all at once are not turned away: the processors are the limit. */
  private static final String SETTINGS = "culvert.agent-gateway.logons-per-second = 2000";

  private final CulvertHome home;
  private final ServerCluster cluster;
  private final ClusterAdministrator administrator;
  private final SwarmProgram swarm;
  private final int size;
  private final Consumer<String> progress;
  private long toldNanos = System.nanoTime();

  private Fleet(
      CulvertHome home,
      ServerCluster cluster,
      ClusterAdministrator administrator,
      SwarmProgram swarm,
      int size,
      Consumer<String> progress) {
    this.home = home;
    this.cluster = cluster;
    this.administrator = administrator;
    this.swarm = swarm;
    this.size = size;
    this.progress = progress;
  }

  /**
   * Starts servers and enrols agents, which do not run yet.
   *
   * @param directory for data and logs; exists
   * @param size how many agents
   * @param progress told how far it is
   */
  public static Fleet muster(
      CulvertHome home, Path directory, int size, Consumer<String> progress) {
    ServerCluster cluster =
        ServerCluster.start(
            home,
            directory,
            OwnPostgreSql.start(home),
            new ServerCluster.Shape(SERVERS, SERVER_OPTIONS, SETTINGS));
    try {
      progress.accept("%d servers serve".formatted(SERVERS));
      SwarmProgram swarm = SwarmProgram.start(home, directory.resolve("swarm.log"), "");
      return muster(home, size, progress, cluster, swarm);
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private static Fleet muster(
      CulvertHome home,
      int size,
      Consumer<String> progress,
      ServerCluster cluster,
      SwarmProgram swarm) {
    ClusterAdministrator administrator = cluster.logon();
    Fleet fleet = new Fleet(home, cluster, administrator, swarm, size, progress);
    try {
      fleet.enrol();
      return fleet;
    } catch (RuntimeException e) {
      fleet.close();
      throw e;
    }
  }

  private void enrol() {
    administrator.createOrganization("bench");
    administrator.createVpn(VPN, "hub-and-spoke");
    int hubs = Math.min(HUBS, size);
    List<String> tokens = new ArrayList<>(administrator.addMembers(0, VPN, nodes(0, hubs), "hub"));
    int server = 0;
    while (tokens.size() < size) {
      int next = Math.min(size, tokens.size() + ClusterAdministrator.MOST_MEMBERS);
      tokens.addAll(administrator.addMembers(server++, VPN, nodes(tokens.size(), next), "spoke"));
      tell(() -> "%d of %d nodes are members".formatted(tokens.size(), size));
    }
    progress.accept("%d nodes are members".formatted(size));
    for (int from = 0; from < size; from += ENROLLED_TOGETHER) {
      int enrolled = Math.min(size, from + ENROLLED_TOGETHER);
      var _ = swarm.enrol(tokens.subList(from, enrolled));
      tell(() -> "%d of %d agents are enrolled".formatted(enrolled, size));
    }
    progress.accept("%d agents are enrolled".formatted(size));
  }

  /** Where Culvert is. */
  public CulvertHome home() {
    return home;
  }

  /** The servers. */
  public ServerCluster cluster() {
    return cluster;
  }

  /** The agents. */
  public SwarmProgram swarm() {
    return swarm;
  }

  /** How many agents there are. */
  public int size() {
    return size;
  }

  /** The administrator of all. */
  public ClusterAdministrator administrator() {
    return administrator;
  }

  /** The first nodes; hubs come first. */
  public String[] nodes(int count) {
    return nodes(0, count).toArray(String[]::new);
  }

  private static List<String> nodes(int from, int to) {
    return IntStream.range(from, to).mapToObj(Fleet::node).toList();
  }

  /** Ends the agents of all nodes but the first ones. */
  public void keepOnly(int count) {
    String[] others = IntStream.range(count, size).mapToObj(Fleet::node).toArray(String[]::new);
    var _ = swarm.end(true, others);
  }

  private static String node(int number) {
    return "bench/n%05d".formatted(number);
  }

  /**
   * Waits until agents are linked and have the VPN's present revision.
   *
   * @param agents how many run
   */
  public SwarmReply.Counts awaitConverged(int agents, Duration limit) {
    SwarmReply.Counts counts =
        Await.value(
            "%d linked agents".formatted(agents),
            limit,
            LOOK_INTERVAL,
            () -> Optional.of(told(swarm.count())).filter(present -> present.linked() == agents));
    progress.accept("%d agents are linked".formatted(agents));
    long revision =
        administrator
            .must(0, "GET", ClusterAdministrator.vpnPath(VPN), Map.of())
            .required("revision")
            .asLong();
    awaitApplied(revision, agents, limit);
    return counts;
  }

  /** Waits until so many agents have a revision of the VPN. */
  public void awaitApplied(long revision, int agents, Duration limit) {
    var _ =
        Await.value(
            "revision %d at all agents".formatted(revision),
            limit,
            LOOK_INTERVAL,
            () ->
                Optional.of(swarm.applied(VPN, revision, 0))
                    .filter(applied -> applied.done() == agents));
  }

  /** Says how far it is, now and then. */
  private SwarmReply.Counts told(SwarmReply.Counts counts) {
    tell(
        () ->
            "%d of %d agents are linked%s"
                .formatted(
                    counts.linked(),
                    counts.running(),
                    counts.problems().isEmpty() ? "" : "; what they met: " + counts.problems()));
    return counts;
  }

  private void tell(Supplier<String> line) {
    long now = System.nanoTime();
    if (now - toldNanos > TELL_INTERVAL.toNanos()) {
      toldNanos = now;
      progress.accept(line.get());
    }
  }

  /**
   * A change of the VPN that is durable.
   *
   * @param acceptedMicros when the server said so, microseconds since the epoch
   */
  public record Change(long revision, long acceptedMicros) {}

  /** Admits a node that no agent is, or removes it. */
  public Change changeMember(String node, boolean admit) {
    JsonNode changed =
        administrator.must(
            0,
            admit ? "PUT" : "DELETE",
            ClusterAdministrator.memberPath(VPN, node),
            admit ? Map.of("role", "hub") : Map.of());
    return new Change(
        changed.required("revision").asLong(),
        micros(Instant.parse(changed.required("acceptedAt").asText())));
  }

  /** Processor time of all servers that run, since each was started. */
  public Duration serversCpu() {
    return cluster.servers().stream()
        .mapToLong(ClusterServer::pid)
        .mapToObj(
            pid -> ProcessHandle.of(pid).orElseThrow().info().totalCpuDuration().orElseThrow())
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Microseconds since the epoch. */
  public static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }

  /** Ends all. */
  @Override
  public void close() {
    swarm.close();
    administrator.close();
    cluster.close();
  }
}
