package io.culvert.benchmarks.tunnel;

import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.AgentProgram;
import io.culvert.acceptance.lab.CulvertServer;
import io.culvert.acceptance.lab.EngineCounters;
import io.culvert.acceptance.lab.Iperf;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.acceptance.lab.Members;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Two agents, their server, and the turns of measurement. */
final class TunnelBench {
  private static final String SERVER_ADDRESS = "198.18.11.1";
  private static final String RAW_ADDRESS = "198.18.10.2";
  private static final String ORGANIZATION = "bench";
  private static final String VPN = "bench/tunnel";
  private static final int WARM_UP_TURN_SECONDS = 1;
  private static final int MAX_WARM_UP_TURNS = 12;
  private static final double RATIO_TARGET = 0.15;

  private final Laboratory lab;
  private final TunnelCommand.Rounds rounds;
  private final Consumer<String> progress;
  private final long begunNanos = System.nanoTime();

  TunnelBench(Laboratory lab, TunnelCommand.Rounds rounds, Consumer<String> progress) {
    this.lab = lab;
    this.rounds = rounds;
    this.progress = progress;
  }

  /** Builds everything and measures; the caller takes the laboratory down. */
  BenchResult run() {
    lab.build(Laboratory.Shape.PAIR);
    Administrator administrator = CulvertServer.start(lab.host("srv"), SERVER_ADDRESS).logon();
    administrator.createOrganization(ORGANIZATION);
    administrator.createVpn(VPN);
    AgentProgram a = Members.start(administrator, lab.host("a"), ORGANIZATION, VPN);
    AgentProgram b = Members.start(administrator, lab.host("b"), ORGANIZATION, VPN);
    var _ = a.awaitLinked();
    var _ = b.awaitLinked();
    progress.accept("two agents are linked after %d s".formatted(passedSeconds()));
    return measure(a, b);
  }

  private BenchResult measure(AgentProgram a, AgentProgram b) {
    List<Double> raw = new ArrayList<>();
    List<Double> tunnel = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    List<Double> allocated = new ArrayList<>();
    String inside = b.virtualAddresses(VPN).getFirst();
    try (Iperf iperf = Iperf.serve(lab.host("b"))) {
      EngineCounters before = warmUp(a, b, iperf, inside);
      for (int round = 1; round <= rounds.count(); round++) {
        raw.add(iperf.gigabitsPerSecond(lab.host("a"), RAW_ADDRESS, rounds.seconds()));
        tunnel.add(iperf.gigabitsPerSecond(lab.host("a"), inside, rounds.seconds()));
        ratios.add(tunnel.getLast() / raw.getLast());
        EngineCounters after = counters(a, b);
        EngineCounters during = after.minus(before);
        allocated.add(during.allocatedBytesPerPacket());
        before = after;
        progress.accept(
            "round %d of %d: raw %.2f, tunnel %.2f Gbit/s, %d bytes allocated"
                .formatted(
                    round,
                    rounds.count(),
                    raw.getLast(),
                    tunnel.getLast(),
                    during.allocatedBytes()));
      }
      progress.accept(
          "medians: raw %.2f, tunnel %.2f Gbit/s, after %d s"
              .formatted(Medians.of(raw), Medians.of(tunnel), passedSeconds()));
      return result(ratios, allocated);
    }
  }

  /**
   * The engine's code is compiled while it first carries packets, and allocates until then: turns
   * until one allocates nothing.
   *
   * @return the counters at the end
   */
  private EngineCounters warmUp(AgentProgram a, AgentProgram b, Iperf iperf, String inside) {
    EngineCounters before;
    EngineCounters after = counters(a, b);
    int turns = 0;
    do {
      before = after;
      iperf.load(lab.host("a"), inside, WARM_UP_TURN_SECONDS);
      after = counters(a, b);
      turns++;
    } while (after.minus(before).allocatedBytes() > 0 && turns < MAX_WARM_UP_TURNS);
    progress.accept("warmed up in %d turns, after %d s".formatted(turns, passedSeconds()));
    return after;
  }

  private long passedSeconds() {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunNanos);
  }

  /** Of both together; they are asked at the same time, because each question starts a JVM. */
  private static EngineCounters counters(AgentProgram a, AgentProgram b) {
    var ofA = CompletableFuture.supplyAsync(a::engineCounters);
    try {
      return b.engineCounters().plus(ofA.join());
    } catch (CompletionException e) {
      throw new LabException("no counters of the first agent: " + e.getCause(), e);
    }
  }

  private static BenchResult result(List<Double> ratios, List<Double> allocated) {
    return new BenchResult(
        "tunnel",
        Machine.describe(),
        List.of(
            new Figure(
                "tcp1_ratio_to_raw",
                Medians.of(ratios),
                "ratio",
                RATIO_TARGET,
                Figure.Better.HIGHER),
            new Figure(
                "allocated_bytes_per_packet",
                Medians.of(allocated),
                "bytes",
                0,
                Figure.Better.LOWER)));
  }
}
