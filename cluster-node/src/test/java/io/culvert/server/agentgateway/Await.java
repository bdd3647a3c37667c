package io.culvert.server.agentgateway;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Polls, with a deadline. */
final class Await {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Duration INTERVAL = Duration.ofNanos(200_000);

  private Await() {}

  static void until(String what, BooleanSupplier condition) {
    until(() -> what, condition);
  }

  static void until(Supplier<String> what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within %d s: %s".formatted(DEADLINE.toSeconds(), what.get()));
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }
}
