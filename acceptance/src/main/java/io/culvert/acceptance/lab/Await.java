package io.culvert.acceptance.lab;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Polls with a deadline. */
public final class Await {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Await() {}

  /**
   * The first value that {@code probe} finds.
   *
   * @param what ends the sentence "waited 5 s for ..."
   * @throws LabException when the time is over, or the thread was interrupted
   */
  public static <T> T value(String what, Duration limit, Supplier<Optional<T>> probe) {
    return value(what, limit, PAUSE, probe);
  }

  /**
   * The first value that {@code probe} finds, if asking costs something.
   *
   * @param pause between two probes
   * @throws LabException when the time is over, or the thread was interrupted
   */
  public static <T> T value(
      String what, Duration limit, Duration pause, Supplier<Optional<T>> probe) {
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<T> found = probe.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new LabException("waited %d s in vain for %s".formatted(limit.toSeconds(), what));
      }
      LockSupport.parkNanos(pause.toNanos());
      if (Thread.currentThread().isInterrupted()) {
        throw new LabException("interrupted while waiting for " + what);
      }
    }
  }

  /** Waits until {@code condition} holds. */
  public static void until(String what, Duration limit, BooleanSupplier condition) {
    var _ =
        value(what, limit, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }

  /** Lets some time pass, for measurements of what happens meanwhile. */
  public static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while letting %d s pass".formatted(time.toSeconds()));
    }
  }
}
