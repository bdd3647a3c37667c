package io.culvert.acceptance.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;
import java.util.Map;

/**
 * What is said at the end.
 *
 * @param phases in the order they ran
 * @param planned how many there were to run
 * @param seconds from start to end
 */
record DemoReport(List<PhaseResult> phases, int planned, double seconds) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Whether every phase ran and held. */
  boolean held() {
    return phases.size() == planned && phases.stream().allMatch(PhaseResult::held);
  }

  /** A table for a person. */
  String table() {
    StringBuilder table = new StringBuilder();
    String rule = "-".repeat(100);
    table.append(rule).append('\n');
    for (PhaseResult phase : phases) {
      String last = phase.notes().isEmpty() ? "" : phase.notes().getLast();
      table.append(
          "%-6s  %-42s %6.1f s  %s%n"
              .formatted(
                  phase.held() ? "held" : "FAILED",
                  phase.title(),
                  phase.millis() / 1e3,
                  phase.failure() == null ? last : phase.failure()));
    }
    table.append(rule).append('\n');
    table.append(
        "%s: %d of %d phases held, %.0f s%n"
            .formatted(
                held() ? "All held" : "NOT all held",
                phases.stream().filter(PhaseResult::held).count(),
                planned,
                seconds));
    return table.toString();
  }

  /** One object for a program. */
  String json() {
    try {
      return JSON.writeValueAsString(
          Map.of("demo", "culvert", "held", held(), "seconds", seconds, "phases", phases));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is always JSON", e);
    }
  }
}
