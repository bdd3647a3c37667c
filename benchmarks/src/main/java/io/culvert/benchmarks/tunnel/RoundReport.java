package io.culvert.benchmarks.tunnel;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the last round found of a path, in one line for a person who waits. */
final class RoundReport {
  private RoundReport() {}

  /** For example {@code nebula: tcp1_gbit_s 0.70, cpu_s_per_gb 12.10}. */
  static String of(Samples path) {
    return Arrays.stream(Metric.values())
        .filter(metric -> !path.of(metric).isEmpty())
        .map(
            metric ->
                String.format(Locale.ROOT, "%s %.2f", metric.figure(), path.of(metric).getLast()))
        .collect(Collectors.joining(", ", "  " + path.path() + ": ", ""));
  }
}
