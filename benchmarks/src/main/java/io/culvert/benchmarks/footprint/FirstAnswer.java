package io.culvert.benchmarks.footprint;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** When a ping that was started before had its first answer. */
final class FirstAnswer {
  /** What {@code ping -D} prints of an answer. */
  static final Pattern ANSWER =
      Pattern.compile("(?m)^\\[(?<seconds>\\d+)\\.(?<micros>\\d{6})] .*time=");

  private static final long NANOS_IN_MICRO = 1000;

  private FirstAnswer() {}

  /**
   * How long after a moment the first answer came.
   *
   * @param output of {@code ping -D}
   * @param begun by the same clock; answers before it do not count
   * @return empty if there was none
   */
  static Optional<Duration> after(Instant begun, String output) {
    return ANSWER
        .matcher(output)
        .results()
        .map(
            answer ->
                Instant.ofEpochSecond(
                    Long.parseLong(answer.group("seconds")),
                    Long.parseLong(answer.group("micros")) * NANOS_IN_MICRO))
        .filter(at -> !at.isBefore(begun))
        .findFirst()
        .map(at -> Duration.between(begun, at));
  }
}
