package io.culvert.benchmarks.failover;

import io.culvert.acceptance.cluster.ClusterAdministrator;
import io.culvert.acceptance.cluster.ClusterServer;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.PingReport;
import io.culvert.acceptance.swarm.SwarmReply;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import io.culvert.benchmarks.fleet.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One server is killed: the one that a real agent with a running tunnel is linked to. The
 * administrator speaks to another one, and changes so many VPNs that the entities of some were on
 * the killed server.
 */
public final class FailoverBench {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String NODE = "bench/loading";

  /** With three servers, all nine are elsewhere in one run of 38. */
  private static final int VPNS = 9;

  /** Of 60 shards of nodes, hardly one is without one of these. */
  private static final int NODES_ASKED = 300;

  private static final double RELINK_TARGET_S = 5;
  private static final double SHARDS_TARGET_S = 10;

  private final Fleet fleet;
  private final Consumer<String> progress;

  /** Of a fleet whose agents may run already. */
  public FailoverBench(Fleet fleet, Consumer<String> progress) {
    this.fleet = fleet;
    this.progress = progress;
  }

  /** Kills the server of a tunnel's agent. */
  public BenchResult run() {
    fleet.administrator().createNode(0, NODE);
    try (TunnelPair pair = TunnelPair.start(fleet)) {
      int victim = fleet.cluster().gateways().indexOf(pair.server());
      progress.accept("two agents have a tunnel");
      var _ = fleet.swarm().begin();
      var _ = fleet.awaitConverged(fleet.size(), LIMIT);
      int witness = (victim + 1) % fleet.cluster().servers().size();
      List<AdminLoad> loads = new ArrayList<>();
      try {
        for (int i = 0; i < VPNS; i++) {
          String vpn = "bench/load%02d".formatted(i);
          fleet.administrator().createVpn(vpn, "full-mesh");
          loads.add(
              AdminLoad.begin(
                  fleet.administrator(), witness, ClusterAdministrator.memberPath(vpn, NODE)));
        }
        loads.forEach(load -> load.awaitAnswer(LIMIT));
        return kill(victim, witness, pair, loads);
      } finally {
        loads.forEach(AdminLoad::close);
      }
    }
  }

  private BenchResult kill(int victim, int witness, TunnelPair pair, List<AdminLoad> loads) {
    ClusterServer killed = fleet.cluster().servers().get(victim);
    progress.accept("%s is killed".formatted(killed.name()));
    long begunMicros = Fleet.micros(Instant.now());
    killed.kill();
    double shards = shardsBack(witness, begunMicros);
    loads.forEach(load -> load.awaitAnswer(LIMIT));
    Await.until(
        "all agents to be linked again",
        LIMIT,
        () -> fleet.swarm().count().linked() == fleet.size());
    SwarmReply.Spread links = fleet.swarm().links(begunMicros);
    progress.accept(
        "%d agents were linked again after p50 %.2f, p99 %.2f, max %.2f s"
            .formatted(links.done(), links.p50() / 1e3, links.p99() / 1e3, links.max() / 1e3));
    PingReport ping = pair.stop();
    progress.accept("the ping through the tunnel: " + ping);
    double gap = loads.stream().mapToDouble(AdminLoad::longestGapSeconds).max().orElseThrow();
    return new BenchResult(
        "failover",
        Machine.describe(),
        List.of(
            lower("relink_p99_s", links.p99() / 1e3, "s", RELINK_TARGET_S),
            lower("shards_back_s", shards, "s", SHARDS_TARGET_S),
            lower("admin_gap_s", gap, "s", SHARDS_TARGET_S),
            lower("tunnel_packets_lost", ping.lost(), "packets", 0)));
  }

  private static Figure lower(String name, double value, String unit, double target) {
    return new Figure(name, value, unit, target, Figure.Better.LOWER);
  }

  /** Until a node of every shard has been read. All are asked at once: no answer awaits another. */
  private double shardsBack(int witness, long begunMicros) {
    try (ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<?>[] answers =
          Stream.of(fleet.nodes(Math.min(NODES_ASKED, fleet.size())))
              .map(node -> CompletableFuture.runAsync(() -> awaitAnswer(witness, node), asking))
              .toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(answers).join();
    }
    return (Fleet.micros(Instant.now()) - begunMicros) / 1e6;
  }

  private void awaitAnswer(int witness, String node) {
    Await.until(
        "an answer for " + node,
        LIMIT,
        () -> fleet.administrator().isAnswered(witness, ClusterAdministrator.nodePath(node)));
  }
}
