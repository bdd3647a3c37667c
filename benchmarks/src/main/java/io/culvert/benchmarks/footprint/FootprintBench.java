package io.culvert.benchmarks.footprint;

import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.BackgroundProgram;
import io.culvert.acceptance.lab.CulvertServer;
import io.culvert.acceptance.lab.Iperf;
import io.culvert.acceptance.lab.Iperf.Direction;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.LabHost;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.acceptance.lab.ProcessUse;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import io.culvert.benchmarks.Medians;
import io.culvert.benchmarks.tunnel.AgentPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Two agents that have nothing to do, then much, and of which one is started again and again. */
final class FootprintBench {
  private static final String SERVER_ADDRESS = "198.18.11.1";
  private static final double RSS_IDLE_TARGET_MIB = 120;
  private static final double RSS_FULL_TARGET_MIB = 200;
  private static final double START_TARGET_S = 1.5;

  /** What the start left to do is done by then. */
  private static final Duration IDLE = Duration.ofSeconds(5);

  private static final Duration BETWEEN_SAMPLES = Duration.ofMillis(200);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final String PING_PAUSE_SECONDS = "0.02";
  private static final double MILLIS_IN_SECOND = 1000;

  private final Laboratory lab;
  private final Extent extent;
  private final InstantSource clock;
  private final Consumer<String> progress;

  /**
   * How much is measured.
   *
   * @param loadSeconds of one TCP stream each way
   * @param starts of the agent
   */
  record Extent(int loadSeconds, int starts) {}

  /**
   * A measurement that has not begun.
   *
   * @param clock the machine's own, which ping uses too
   */
  FootprintBench(Laboratory lab, Extent extent, InstantSource clock, Consumer<String> progress) {
    this.lab = lab;
    this.extent = extent;
    this.clock = clock;
    this.progress = progress;
  }

  /** Builds everything and measures; the caller takes the laboratory down. */
  BenchResult run() {
    lab.build(Laboratory.Shape.PAIR);
    Administrator administrator = CulvertServer.start(lab.host("srv"), SERVER_ADDRESS).logon();
    administrator.createOrganization("bench");
    List<LabHost> hosts = List.of(lab.host("a"), lab.host("b"));
    AgentPair agents = AgentPair.begin(administrator, hosts, "bench/footprint");
    agents.awaitLinked();
    Await.pause(IDLE);
    double idle = residentMib(agents);
    progress.accept("idle: %.1f MiB".formatted(idle));
    double full = residentAtFullRateMib(agents);
    progress.accept("at full rate: %.1f MiB".formatted(full));
    double start = Medians.of(startsSeconds(agents));
    return new BenchResult(
        "footprint",
        Machine.describe(),
        List.of(
            figure("rss_idle_mib", idle, "MiB", RSS_IDLE_TARGET_MIB),
            figure("rss_full_mib", full, "MiB", RSS_FULL_TARGET_MIB),
            figure("start_to_packet_s", start, "s", START_TARGET_S)));
  }

  private static Figure figure(String name, double value, String unit, double target) {
    return new Figure(name, value, unit, target, Figure.Better.LOWER);
  }

  /** Of the agent that occupies more. */
  private static double residentMib(AgentPair agents) {
    return agents.processes().stream().mapToDouble(ProcessUse::residentMib).max().orElseThrow();
  }

  private double residentAtFullRateMib(AgentPair agents) {
    String address = agents.address();
    try (Iperf iperf = Iperf.serve(lab.host("b"))) {
      var load =
          CompletableFuture.runAsync(
              () -> {
                for (Direction direction : Direction.values()) {
                  var _ = iperf.tcp(lab.host("a"), address, 1, direction, extent.loadSeconds());
                }
              });
      double greatest = residentMib(agents);
      while (!load.isDone()) {
        Await.pause(BETWEEN_SAMPLES);
        greatest = Math.max(greatest, residentMib(agents));
      }
      load.join();
      return greatest;
    } catch (CompletionException e) {
      throw new LabException("the load failed: " + e.getCause(), e);
    }
  }

  private List<Double> startsSeconds(AgentPair agents) {
    String address = agents.first().virtualAddresses(agents.vpn()).getFirst();
    List<Double> all = new ArrayList<>();
    for (int start = 1; start <= extent.starts(); start++) {
      Duration took = start(agents, address, start);
      progress.accept("start %d of %d: %d ms".formatted(start, extent.starts(), took.toMillis()));
      all.add(took.toMillis() / MILLIS_IN_SECOND);
    }
    return all;
  }

  /** The other agent's host pings all the time: the first answer has come through the tunnel. */
  private Duration start(AgentPair agents, String address, int number) {
    agents.first().terminate();
    List<String> command = List.of("ping", "-n", "-D", "-i", PING_PAUSE_SECONDS, address);
    try (BackgroundProgram ping = lab.host("b").start("ping-" + number, command)) {
      var begun = clock.instant();
      agents.first().up();
      return Await.value(
          "an answer through the tunnel",
          ANSWER_LIMIT,
          () -> FirstAnswer.after(begun, ping.output()));
    }
  }
}
