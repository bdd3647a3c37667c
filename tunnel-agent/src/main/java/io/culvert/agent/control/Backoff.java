package io.culvert.agent.control;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubles from {@link #FIRST} to {@link #LONGEST}, with
 * jitter over the upper half, so that a storm of agents spreads. Owned by the control thread.
 */
final class Backoff {
  static final Duration FIRST = Duration.ofMillis(200);
  static final Duration LONGEST = Duration.ofSeconds(15);

  private final RandomGenerator random;
  private long nextMillis = FIRST.toMillis();

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The wait before the next attempt. */
  Duration next() {
    long bound = nextMillis;
    nextMillis = Math.min(LONGEST.toMillis(), nextMillis * 2);
    return Duration.ofMillis(bound / 2 + random.nextLong(bound / 2 + 1));
  }

  /** The link stood: begin again at the shortest wait. */
  void reset() {
    nextMillis = FIRST.toMillis();
  }
}
