package io.culvert.agent.control;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubles from {@link #FIRST} to a longest wait that
 * depends on what went wrong, with jitter over the upper half, so that a storm of agents spreads.
 * Owned by the control thread.
 */
final class Backoff {
  static final Duration FIRST = Duration.ofMillis(200);

  /** To this bound waits double while nothing answers; above it they grow by a quarter. */
  static final Duration SHORT = Duration.ofSeconds(2);

  /** Why another attempt is needed. */
  enum Cause {
    /**
     * Nothing accepted the connection. Asking again costs the servers little, and people wait for
     * the answer: a server that comes back is found within {@link #SHORT}, or within the time that
     * it was away.
     */
    UNREACHABLE(Duration.ofSeconds(8)),

    /** A server answered, and refused or broke off: it may have too much to do. */
    ANSWERED(Duration.ofSeconds(15));

    final Duration longest;

    Cause(Duration longest) {
      this.longest = longest;
    }
  }

  private final RandomGenerator random;
  private long nextMillis = FIRST.toMillis();

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /** The wait before the next attempt. */
  Duration next(Cause cause) {
    long bound = Math.min(cause.longest.toMillis(), nextMillis);
    nextMillis = Math.min(cause.longest.toMillis(), grown(bound, cause));
    return Duration.ofMillis(bound / 2 + random.nextLong(bound / 2 + 1));
  }

  private static long grown(long bound, Cause cause) {
    long gentle = Math.max(SHORT.toMillis(), bound + bound / 4);
    return cause == Cause.UNREACHABLE ? Math.min(gentle, bound * 2) : bound * 2;
  }

  /** The link stood: begin again at the shortest wait. */
  void reset() {
    nextMillis = FIRST.toMillis();
  }
}
