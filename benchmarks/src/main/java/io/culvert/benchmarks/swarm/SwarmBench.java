package io.culvert.benchmarks.swarm;

import io.culvert.acceptance.swarm.SwarmReply;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import io.culvert.benchmarks.fleet.Fleet;
import io.culvert.benchmarks.fleet.ServerMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** All agents of a fleet log on at once. */
public final class SwarmBench {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** From one collection to the next a server's heap varies by some megabytes. */
  private static final int FEWEST_FOR_MEMORY = 1_000;

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
    List<Figure> figures = new ArrayList<>();
    figures.add(
        new Figure("linked_agents", linked.linked(), "agents", fleet.size(), Figure.Better.HIGHER));
    if (fleet.size() >= FEWEST_FOR_MEMORY) {
      figures.add(memory(fleet, "server_heap_kib_per_agent", after.heapKib() - before.heapKib()));
      figures.add(memory(fleet, "server_rss_kib_per_agent", after.rssKib() - before.rssKib()));
    }
    figures.add(
        new Figure(
            "logons_per_second",
            linked.linked() / seconds,
            "1/s",
            LOGONS_TARGET,
            Figure.Better.HIGHER));
    return new BenchResult(
        "swarm",
        Machine.describe(),
        figures,
        fleet.size() >= FEWEST_FOR_MEMORY
            ? List.of()
            : List.of(
                "server_heap_kib_per_agent, server_rss_kib_per_agent: what servers occupy varies by more than"
                    + " fewer than %,d agents cost".formatted(FEWEST_FOR_MEMORY)));
  }

  private static Figure memory(Fleet fleet, String name, long kib) {
    return new Figure(
        name, (double) kib / fleet.size(), "KiB", MEMORY_TARGET_KIB, Figure.Better.LOWER);
  }
}
