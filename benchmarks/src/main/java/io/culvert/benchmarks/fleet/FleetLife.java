package io.culvert.benchmarks.fleet;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.benchmarks.BenchResult;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** The life of a fleet, from its muster to the last trace. */
public final class FleetLife {
  private FleetLife() {}

  /**
   * Musters a fleet, measures with it, and prints the result.
   *
   * @param size how many agents
   * @param json whether the result is one JSON object instead of a table
   * @param progress told how far it is
   * @param bench is given the fleet, whose agents do not run yet, and who to tell how far it is
   * @return the exit status
   */
  public static int measure(
      int size,
      boolean json,
      Consumer<String> progress,
      BiFunction<Fleet, Consumer<String>, BenchResult> bench) {
    Path directory = Laboratory.newRunDirectory();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(directory), "bench-cleanup"));
    CulvertHome home = CulvertHome.find();
    try (Fleet fleet = Fleet.muster(home, directory, size, progress)) {
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

  /** Tells people how far it is, after the seconds since now. */
  public static Consumer<String> progress() {
    long begunNanos = System.nanoTime();
    return line -> System.err.printf("%6.1f s  %s%n", (System.nanoTime() - begunNanos) / 1e9, line);
  }
}
