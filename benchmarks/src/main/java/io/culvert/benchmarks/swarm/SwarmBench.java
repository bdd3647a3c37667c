package io.culvert.benchmarks.swarm;

import io.culvert.acceptance.swarm.SwarmReply;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import io.culvert.benchmarks.fleet.Fleet;
import io.culvert.benchmarks.fleet.ServerMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** All agents of a fleet log on at once. */
public final class SwarmBench {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final double MEMORY_TARGET_KIB = 40;
  private static final double LOGONS_TARGET = 400;

  private SwarmBench() {}

  /** Begins all agents at one moment. */
  public static BenchResult run(Fleet fleet) {
    ServerMemory before = ServerMemory.of(fleet.cluster().servers());
    long begunMicros = Fleet.micros(Instant.now());
    var _ = fleet.swarm().begin();
    SwarmReply.Counts linked = fleet.awaitConverged(fleet.size(), LIMIT);
    ServerMemory after = ServerMemory.of(fleet.cluster().servers());
    double seconds = (linked.lastLinkedMicros() - begunMicros) / 1e6;
    return new BenchResult(
        "swarm",
        Machine.describe(),
        List.of(
            new Figure(
                "linked_agents", linked.linked(), "agents", fleet.size(), Figure.Better.HIGHER),
            new Figure(
                "server_heap_kib_per_agent",
                (double) (after.heapKib() - before.heapKib()) / fleet.size(),
                "KiB",
                MEMORY_TARGET_KIB,
                Figure.Better.LOWER),
            new Figure(
                "server_rss_kib_per_agent",
                (double) (after.rssKib() - before.rssKib()) / fleet.size(),
                "KiB",
                MEMORY_TARGET_KIB,
                Figure.Better.LOWER),
            new Figure(
                "logons_per_second",
                linked.linked() / seconds,
                "1/s",
                LOGONS_TARGET,
                Figure.Better.HIGHER)));
  }
}
