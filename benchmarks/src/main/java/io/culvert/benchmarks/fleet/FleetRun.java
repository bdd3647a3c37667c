package io.culvert.benchmarks.fleet;

import io.culvert.benchmarks.BenchResult;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a measurement with a fleet. */
public final class FleetRun {
  /** How many agents there are unless somebody says otherwise. */
  public static final int AGENTS = 10_000;

  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  @Option(names = "--quick", description = "Few agents: less than a minute.")
  private boolean quick;

  @Option(
      names = "--agents",
      paramLabel = "N",
      description =
          "How many agents (default: 10,000; with --quick a hundred or less, as it says).")
  private @Nullable Integer agents;

  /**
   * Measures, and prints the result.
   *
   * @param quickly how many agents it takes with {@code --quick}
   * @param bench is given a fleet whose agents do not run yet, and who to tell how far it is
   * @return the exit status
   */
  public int run(int quickly, BiFunction<Fleet, Consumer<String>, BenchResult> bench) {
    int size = Objects.requireNonNullElse(agents, quick ? quickly : AGENTS);
    Consumer<String> progress = FleetLife.progress();
    if (quick) {
      progress.accept("quick: %d agents instead of %,d".formatted(size, AGENTS));
    }
    return FleetLife.measure(size, json, progress, bench);
  }
}
