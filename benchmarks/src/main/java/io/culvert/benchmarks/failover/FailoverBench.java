package io.culvert.benchmarks.failover;

import io.culvert.acceptance.cluster.ClusterAdministrator;
import io.culvert.acceptance.cluster.ClusterServer;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.swarm.SwarmReply;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import io.culvert.benchmarks.fleet.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The server that is killed is not the one that the administrator speaks to. */
final class FailoverBench {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int VICTIM = 1;
  private static final int WITNESS = 0;
  private static final String NODE = "bench/changing";

  /** Of 60 shards of nodes, hardly one is without one of these. */
  private static final int NODES_ASKED = 300;

  private static final double RELINK_TARGET_S = 5;
  private static final double SHARDS_TARGET_S = 10;

  private final Fleet fleet;
  private final Consumer<String> progress;

  FailoverBench(Fleet fleet, Consumer<String> progress) {
    this.fleet = fleet;
    this.progress = progress;
  }

  BenchResult run() {
    fleet.administrator().createNode(WITNESS, NODE);
    var _ = fleet.swarm().begin();
    var _ = fleet.awaitConverged(fleet.size(), LIMIT);
    try (AdminLoad load = AdminLoad.begin(fleet.administrator(), WITNESS, NODE)) {
      load.awaitAnswer(LIMIT);
      ClusterServer victim = fleet.cluster().servers().get(VICTIM);
      progress.accept("%s is killed".formatted(victim.name()));
      long begunMicros = Fleet.micros(Instant.now());
      victim.kill();
      double shards = shardsBack(begunMicros);
      load.awaitAnswer(LIMIT);
      Await.until(
          "all agents to be linked again",
          LIMIT,
          () -> fleet.swarm().count().linked() == fleet.size());
      SwarmReply.Spread links = fleet.swarm().links(begunMicros);
      progress.accept(
          "%d agents were linked again after p50 %.2f, p99 %.2f, max %.2f s"
              .formatted(links.done(), links.p50() / 1e3, links.p99() / 1e3, links.max() / 1e3));
      return new BenchResult(
          "failover",
          Machine.describe(),
          List.of(
              lower("relink_p99_s", links.p99() / 1e3, RELINK_TARGET_S),
              lower("shards_back_s", shards, SHARDS_TARGET_S),
              lower("admin_gap_s", load.longestGapSeconds(), SHARDS_TARGET_S)));
    }
  }

  private static Figure lower(String name, double value, double target) {
    return new Figure(name, value, "s", target, Figure.Better.LOWER);
  }

  /** Until a node of every shard has been read. */
  private double shardsBack(long begunMicros) {
    Set<String> silent = new HashSet<>(List.of(fleet.nodes(Math.min(NODES_ASKED, fleet.size()))));
    Await.until(
        "an answer for every node",
        LIMIT,
        () -> {
          silent.removeIf(this::answers);
          return silent.isEmpty();
        });
    return (Fleet.micros(Instant.now()) - begunMicros) / 1e6;
  }

  private boolean answers(String node) {
    return fleet.administrator().isAnswered(WITNESS, ClusterAdministrator.nodePath(node));
  }
}
