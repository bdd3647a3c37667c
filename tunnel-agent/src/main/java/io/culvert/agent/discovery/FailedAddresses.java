package io.culvert.agent.discovery;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Remembers which addresses failed, and for how long they come last: a time that doubles with each
 * failure from {@link #FIRST} to {@link #LONGEST}. A success, or as long a time again without a
 * failure, makes forget. Not thread-safe: owned by the finder.
 */
final class FailedAddresses {
  static final Duration FIRST = Duration.ofSeconds(10);
  static final Duration LONGEST = Duration.ofMinutes(5);

  /** The {@code failures}-th failure, at {@code sinceNanos}. */
  private record Failed(int failures, long sinceNanos) {
    long penaltyNanos() {
      return Math.min(LONGEST.toNanos(), FIRST.toNanos() << Math.min(failures - 1, 10));
    }

    boolean isForgotten(long nowNanos) {
      return nowNanos - sinceNanos >= 2 * penaltyNanos();
    }
  }

  private final Map<InetSocketAddress, Failed> failed = new HashMap<>();

  /** It did not accept a connection, or did not serve over it. */
  void failed(InetSocketAddress address, long nowNanos) {
    failed.values().removeIf(old -> old.isForgotten(nowNanos));
    failed.merge(
        address, new Failed(1, nowNanos), (old, one) -> new Failed(old.failures() + 1, nowNanos));
  }

  /** It served. */
  void worked(InetSocketAddress address) {
    failed.remove(address);
  }

  /** How often it failed of late; 0 if its time is over, or it never did. */
  int failures(InetSocketAddress address, long nowNanos) {
    Failed known = failed.get(address);
    return known == null || nowNanos - known.sinceNanos() >= known.penaltyNanos()
        ? 0
        : known.failures();
  }
}
