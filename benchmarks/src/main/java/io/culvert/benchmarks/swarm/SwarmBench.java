package io.culvert.benchmarks.swarm;

import io.culvert.acceptance.lab.Await;
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
  private static final double CPU_TARGET_MS = 5;
  private static final double IDLE_TARGET = 0.1;

  /** What follows a logon is done, and then nothing changes. */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  private static final Duration IDLE = Duration.ofSeconds(5);

  private SwarmBench() {}

  /** Begins all agents at one moment. */
  public static BenchResult run(Fleet fleet) {
    ServerMemory before = ServerMemory.of(fleet.cluster().servers());
    Duration cpuBefore = fleet.serversCpu();
    long begunMicros = Fleet.micros(Instant.now());
    var _ = fleet.swarm().begin();
    SwarmReply.Counts linked = fleet.awaitConverged(fleet.size(), LIMIT);
    Duration cpu = fleet.serversCpu().minus(cpuBefore);
    double idle = idleProcessors(fleet);
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
    figures.add(
        new Figure(
            "server_cpu_ms_per_logon",
            cpu.toNanos() / 1e6 / fleet.size(),
            "ms",
            CPU_TARGET_MS,
            Figure.Better.LOWER));
    figures.add(
        new Figure("server_idle_processors", idle, "processors", IDLE_TARGET, Figure.Better.LOWER));
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

  /** How many processors all servers together keep busy while nothing changes. */
  private static double idleProcessors(Fleet fleet) {
    Await.pause(SETTLING);
    Duration before = fleet.serversCpu();
    long begunNanos = System.nanoTime();
    Await.pause(IDLE);
    long nanos = System.nanoTime() - begunNanos;
    return (double) fleet.serversCpu().minus(before).toNanos() / nanos;
  }

  private static Figure memory(Fleet fleet, String name, long kib) {
    return new Figure(
        name, (double) kib / fleet.size(), "KiB", MEMORY_TARGET_KIB, Figure.Better.LOWER);
  }
}
