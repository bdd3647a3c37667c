package io.culvert.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * What a measurement found.
 *
 * @param bench its name
 * @param machine where
 * @param figures with their targets
 */
public record BenchResult(String bench, String machine, List<Figure> figures) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the list. */
  public BenchResult {
    figures = List.copyOf(figures);
  }

  /** One object for a program. */
  public String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a result is always JSON", e);
    }
  }

  /** A table for a person. */
  public String table() {
    StringBuilder table = new StringBuilder("%s, on %s%n".formatted(bench, machine));
    for (Figure figure : figures) {
      table.append(
          "  %-32s %12.4f %-14s target %s %s   %s%n"
              .formatted(
                  figure.name(),
                  figure.value(),
                  figure.unit(),
                  figure.better() == Figure.Better.HIGHER ? ">=" : "<=",
                  figure.target(),
                  figure.met() ? "met" : "NOT met"));
    }
    return table.toString();
  }
}
