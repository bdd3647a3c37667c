package io.culvert.benchmarks.fanout;

import io.culvert.acceptance.swarm.SwarmReply;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import io.culvert.benchmarks.fleet.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** Changes one after the other: with a tenth of the agents, then with all. */
public final class FanoutBench {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final int SHARE = 10;
  private static final int WARM_UP = 4;
  private static final int CHANGES = 12;
  private static final String NODE = "bench/changing";
  private static final double P50_TARGET_MS = 250;
  private static final double P99_TARGET_MS = 500;
  private static final double MAX_TARGET_MS = 1_000;
  private static final double RATIO_TARGET = 1.5;

  private final Fleet fleet;
  private final Consumer<String> progress;

  /** Of a fleet whose agents may run already. */
  public FanoutBench(Fleet fleet, Consumer<String> progress) {
    this.fleet = fleet;
    this.progress = progress;
  }

  /**
   * Some changes.
   *
   * @param spreads of each
   * @param cpuMillisPerAgent the servers' processor time for one change and one agent
   */
  private record Round(List<SwarmReply.Spread> spreads, double cpuMillisPerAgent) {
    double median(ToDoubleFunction<SwarmReply.Spread> figure) {
      return spreads.stream()
          .mapToDouble(figure)
          .sorted()
          .skip(spreads.size() / 2)
          .findFirst()
          .orElseThrow();
    }

    double greatest(ToDoubleFunction<SwarmReply.Spread> figure) {
      return spreads.stream().mapToDouble(figure).max().orElseThrow();
    }
  }

  /** Changes the VPN with a tenth of the agents running, and then with all. */
  public BenchResult run() {
    fleet.keepOnly(fleet.size() / SHARE);
    fleet.administrator().createNode(0, NODE);
    Round few = round(fleet.size() / SHARE);
    Round all = round(fleet.size());
    return new BenchResult(
        "fanout",
        Machine.describe(),
        List.of(
            lower("fanout_p50_ms", all.median(SwarmReply.Spread::p50), "ms", P50_TARGET_MS),
            lower("fanout_p99_ms", all.greatest(SwarmReply.Spread::p99), "ms", P99_TARGET_MS),
            lower("fanout_max_ms", all.greatest(SwarmReply.Spread::max), "ms", MAX_TARGET_MS),
            lower(
                "cost_per_agent_ratio_10k_to_1k",
                all.cpuMillisPerAgent() / few.cpuMillisPerAgent(),
                "ratio",
                RATIO_TARGET)));
  }

  private static Figure lower(String name, double value, String unit, double target) {
    return new Figure(name, value, unit, target, Figure.Better.LOWER);
  }

  private Round round(int agents) {
    var _ = fleet.swarm().begin(fleet.nodes(agents));
    var _ = fleet.awaitConverged(agents, LIMIT);
    for (int i = 0; i < WARM_UP; i++) {
      var _ = change(i, agents);
    }
    Duration before = fleet.serversCpu();
    List<SwarmReply.Spread> spreads = new ArrayList<>();
    for (int i = 0; i < CHANGES; i++) {
      spreads.add(change(i, agents));
    }
    double millis = fleet.serversCpu().minus(before).toNanos() / 1e6 / CHANGES / agents;
    Round round = new Round(spreads, millis);
    progress.accept(
        "%d agents: p50 %.1f, p99 %.1f ms; %.4f ms of the servers' processors for each agent"
            .formatted(
                agents,
                round.median(SwarmReply.Spread::p50),
                round.greatest(SwarmReply.Spread::p99),
                millis));
    return round;
  }

  /** A hub comes or goes: every agent sees it. */
  private SwarmReply.Spread change(int number, int agents) {
    Fleet.Change change = fleet.changeMember(NODE, number % 2 == 0);
    fleet.awaitApplied(change.revision(), agents, LIMIT);
    return fleet.swarm().applied(Fleet.VPN, change.revision(), change.acceptedMicros());
  }
}
