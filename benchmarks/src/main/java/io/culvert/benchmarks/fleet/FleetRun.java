package io.culvert.benchmarks.fleet;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.benchmarks.BenchResult;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options and the life of a measurement with a fleet. */
public final class FleetRun {
  private static final int AGENTS = 10_000;

  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  @Option(
      names = "--quick",
      description = "Few agents, and programs that are compiled only once: less than a minute.")
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
    Consumer<String> progress = new Elapsed();
    Path directory = Laboratory.newRunDirectory();
    if (quick) {
      progress.accept(
          "quick: %d agents instead of %,d; the programs are compiled only once"
              .formatted(size, AGENTS));
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(directory), "bench-cleanup"));
    CulvertHome home = CulvertHome.find();
    try (Fleet fleet = Fleet.muster(home, directory, size, quick, progress)) {
      BenchResult result = bench.apply(fleet, progress);
      System.out.print(json ? result.json() + System.lineSeparator() : result.table());
      return 0;
    } catch (LabException e) {
      System.err.printf(
          "%s%nlogs: %s%n", e.getMessage(), Artefacts.collect(home, directory, "bench-fleet"));
      return 1;
    }
  }

  /** Whatever happened, also Ctrl-C: no program of this run is left. */
  private static void end(Path directory) {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    Artefacts.delete(directory);
  }

  /** Puts the seconds since the start before each line. */
  private static final class Elapsed implements Consumer<String> {
    private final long begunNanos = System.nanoTime();

    @Override
    public void accept(String line) {
      System.err.printf("%6.1f s  %s%n", (System.nanoTime() - begunNanos) / 1e9, line);
    }
  }
}
