package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.LabException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs phases one after the other until one does not hold. */
final class DemoRunner {
  private final Consumer<String> out;

  /**
   * Makes a runner.
   *
   * @param out where lines for a person go, as they come
   */
  DemoRunner(Consumer<String> out) {
    this.out = out;
  }

  /** The results of the phases that ran; the last one tells why there are not more. */
  List<PhaseResult> run(List<Phase> phases, DemoWorld world) {
    List<PhaseResult> results = new ArrayList<>();
    for (Phase phase : phases) {
      PhaseResult result = run(results.size() + 1, phase, world);
      results.add(result);
      if (!result.held()) {
        break;
      }
    }
    return results;
  }

  private PhaseResult run(int number, Phase phase, DemoWorld world) {
    out.accept("%2d  %s".formatted(number, phase.title()));
    Findings findings = new Findings(line -> out.accept("      " + line));
    long begunNanos = System.nanoTime();
    @Nullable String failure = null;
    try {
      phase.run(world, findings);
    } catch (LabException e) {
      failure = e.getMessage();
    }
    long millis = Duration.ofNanos(System.nanoTime() - begunNanos).toMillis();
    out.accept(
        "      %s after %.1f s"
            .formatted(failure == null ? "held" : "FAILED: " + failure, millis / 1e3));
    return new PhaseResult(
        phase.title(), failure == null, millis, findings.notes(), findings.figures(), failure);
  }
}
