package io.culvert.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * What a measurement found.
 *
 * @param bench its name
 * @param machine where
 * @param figures with their targets
 * @param missing what could not be measured, and why
 */
public record BenchResult(
    String bench,
    String machine,
    List<Figure> figures,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missing) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the lists. */
  public BenchResult {
    figures = List.copyOf(figures);
    missing = List.copyOf(missing);
  }

  /** Of a measurement that measured all. */
  public BenchResult(String bench, String machine, List<Figure> figures) {
    this(bench, machine, figures, List.of());
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
      String line =
          "  %-32s %12.4f %-14s %s"
              .formatted(figure.name(), figure.value(), figure.unit(), figure.verdict());
      table.append(line.stripTrailing()).append(System.lineSeparator());
    }
    missing.forEach(what -> table.append("  not measured: %s%n".formatted(what)));
    return table.toString();
  }
}
