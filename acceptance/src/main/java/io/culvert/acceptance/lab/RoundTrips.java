package io.culvert.acceptance.lab;

import java.util.List;
import java.util.regex.Pattern;

/**
 * How long answers to {@code ping} took.
 *
 * @param millis of each answer, in ascending order
 */
public record RoundTrips(List<Double> millis) {
  private static final Pattern TIME = Pattern.compile("time=(?<millis>[0-9.]+) ms");
  private static final double PERCENT = 100;

  /**
   * Sorts and keeps a copy.
   *
   * @throws LabException if there is none
   */
  public RoundTrips {
    millis = millis.stream().sorted().toList();
    if (millis.isEmpty()) {
      throw new LabException("no ping was answered");
    }
  }

  /**
   * Reads the output of one ping.
   *
   * @throws LabException if no request was answered
   */
  public static RoundTrips parse(String output) {
    return new RoundTrips(
        TIME.matcher(output)
            .results()
            .map(answer -> Double.parseDouble(answer.group("millis")))
            .toList());
  }

  /** The arithmetic mean in milliseconds. */
  public double meanMillis() {
    return millis.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /**
   * The smallest time that so many in a hundred did not exceed (nearest rank), in milliseconds.
   *
   * @param percent above 0, up to 100
   */
  public double percentileMillis(double percent) {
    return millis.get((int) Math.ceil(millis.size() * percent / PERCENT) - 1);
  }
}
