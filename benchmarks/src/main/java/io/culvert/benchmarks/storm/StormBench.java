package io.culvert.benchmarks.storm;

import io.culvert.acceptance.cluster.ClusterServer;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.swarm.SwarmReply;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import io.culvert.benchmarks.fleet.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Everybody is gone, and everybody comes back. */
public final class StormBench {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final double CONVERGED_TARGET_S = 60;

  private final Fleet fleet;
  private final Consumer<String> progress;

  /** Of a fleet whose agents may run already. */
  public StormBench(Fleet fleet, Consumer<String> progress) {
    this.fleet = fleet;
    this.progress = progress;
  }

  /** Kills all servers and starts them again. */
  public BenchResult run() {
    var _ = fleet.swarm().begin();
    SwarmReply.Counts before = fleet.awaitConverged(fleet.size(), LIMIT);
    progress.accept("%d agents are linked; all servers are killed".formatted(before.linked()));
    long begunMicros = Fleet.micros(Instant.now());
    List<ClusterServer> servers = fleet.cluster().servers();
    servers.forEach(ClusterServer::kill);
    servers.forEach(ClusterServer::launch);
    int leftBehind = 0;
    try {
      var _ = fleet.awaitConverged(fleet.size(), LIMIT);
    } catch (LabException late) {
      progress.accept(String.valueOf(late.getMessage()));
      leftBehind = fleet.size() - fleet.swarm().count().linked();
    }
    double seconds = (Fleet.micros(Instant.now()) - begunMicros) / 1e6;
    SwarmReply.Spread links = fleet.swarm().links(begunMicros);
    progress.accept(
        "linked again after p50 %.1f, p99 %.1f, max %.1f s; what agents told people: %s"
            .formatted(
                links.p50() / 1e3,
                links.p99() / 1e3,
                links.max() / 1e3,
                fleet.swarm().count().problems()));
    return new BenchResult(
        "storm",
        Machine.describe(),
        List.of(
            new Figure("storm_converged_s", seconds, "s", CONVERGED_TARGET_S, Figure.Better.LOWER),
            new Figure("storm_left_behind", leftBehind, "agents", 0, Figure.Better.LOWER)));
  }
}
