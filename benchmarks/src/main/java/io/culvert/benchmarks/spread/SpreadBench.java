package io.culvert.benchmarks.spread;

import io.culvert.acceptance.lab.BackgroundProgram;
import io.culvert.acceptance.lab.LabHost;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.acceptance.lab.Outcome;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import io.culvert.benchmarks.Medians;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The two engines and the turns of measurement. */
final class SpreadBench {
  private static final String NODE_OUTSIDE = "198.18.10.1";
  private static final String PEERS_OUTSIDE = "198.18.10.2";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Laboratory lab;
  private final Extent extent;
  private final Consumer<String> progress;
  private final String seed = UUID.randomUUID().toString();
  private final List<Figure> figures = new ArrayList<>();

  /**
   * How much is measured.
   *
   * @param counts numbers of peers, with the least ratio that is wanted of each
   * @param seconds of each measurement
   */
  record Extent(List<Count> counts, int rounds, int seconds) {}

  /** A number of peers. */
  record Count(int peers, double target) {}

  SpreadBench(Laboratory lab, Extent extent, Consumer<String> progress) {
    this.lab = lab;
    this.extent = extent;
    this.progress = progress;
  }

  /** Builds everything and measures; the caller takes the laboratory down. */
  BenchResult run() {
    lab.build(Laboratory.Shape.PAIR);
    // Every address of the prefix is one of this host's.
    String prefix = SpreadNetwork.prefix().getHostAddress() + "/" + SpreadNetwork.PREFIX_BITS;
    lab.host("b").run("ip", "route", "add", "local", prefix, "dev", "lo").orFail();
    for (Count count : extent.counts()) {
      measure(count);
    }
    return new BenchResult("peers", Machine.describe(), figures);
  }

  private void measure(Count count) {
    int peers = count.peers();
    try (BackgroundProgram node = engine("a", peers, "--other", PEERS_OUTSIDE);
        BackgroundProgram others = engine("b", peers, "--other", NODE_OUTSIDE, "--as-peers");
        BackgroundProgram sink =
            lab.host("b").start("sink-" + peers, java(TrafficSink.class, List.of()))) {
      node.awaitOutput(Pattern.compile(EngineProgram.READY), START_LIMIT);
      others.awaitOutput(Pattern.compile(EngineProgram.READY), START_LIMIT);
      sink.awaitOutput(Pattern.compile(TrafficSink.READY), START_LIMIT);
      double warm = gigabitsPerSecond(peers, peers);
      progress.accept("%d peers are up; a first turn: %.2f Gbit/s".formatted(peers, warm));
      List<Double> one = new ArrayList<>();
      List<Double> all = new ArrayList<>();
      List<Double> ratios = new ArrayList<>();
      for (int round = 1; round <= extent.rounds(); round++) {
        one.add(gigabitsPerSecond(peers, 1));
        all.add(gigabitsPerSecond(peers, peers));
        ratios.add(all.getLast() / one.getLast());
        progress.accept(
            "round %d of %d: %d connections to one of %d peers %.2f, to all of them %.2f Gbit/s"
                .formatted(round, extent.rounds(), peers, peers, one.getLast(), all.getLast()));
      }
      String name = "peers" + peers;
      figures.add(
          new Figure(
              name + "_ratio", Medians.of(ratios), "ratio", count.target(), Figure.Better.HIGHER));
      figures.add(Figure.plain(name + "_gbit_s", Medians.of(all), "Gbit/s", Figure.Better.HIGHER));
      figures.add(
          Figure.plain(name + "_one_gbit_s", Medians.of(one), "Gbit/s", Figure.Better.HIGHER));
    }
  }

  private BackgroundProgram engine(String host, int peers, String... others) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--peers", Integer.toString(peers), "--seed", seed));
    arguments.addAll(List.of(others));
    LabHost where = lab.host(host);
    return where.start("engine-%s-%d".formatted(host, peers), java(EngineProgram.class, arguments));
  }

  /** As many connections in both cases, so that the peers are all that differs. */
  private double gigabitsPerSecond(int connections, int peers) {
    Outcome outcome =
        lab.host("a")
            .run(
                java(
                    TrafficSource.class,
                    List.of(
                        "--connections",
                        Integer.toString(connections),
                        "--peers",
                        Integer.toString(peers),
                        "--seconds",
                        Integer.toString(extent.seconds()))),
                null)
            .orFail();
    return Double.parseDouble(outcome.output().strip());
  }

  /** With the flags of an agent. */
  private static List<String> java(Class<?> program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            program.getName()));
    command.addAll(arguments);
    return command;
  }
}
