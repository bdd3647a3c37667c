package io.culvert.server.admission;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A rate with a burst, by the generic cell rate algorithm (ITU-T I.371): one number, the time at
 * which everything counted so far would be over at the sustained rate. Thread-safe.
 */
final class Rate {
  private final long intervalNanos;
  private final long burstNanos;

  /** Nanoseconds of the caller's clock. */
  private final AtomicLong theoreticalArrival = new AtomicLong();

  /**
   * Nothing counted yet.
   *
   * @param intervalNanos between two events at the sustained rate
   * @param burst how many events may come at once, at least 1
   * @param nowNanos of the caller's monotonic clock
   */
  Rate(long intervalNanos, int burst, long nowNanos) {
    this.intervalNanos = intervalNanos;
    this.burstNanos = intervalNanos * (burst - 1);
    theoreticalArrival.set(nowNanos);
  }

  /** How long until one more event is within the rate, in nanoseconds; 0: now. */
  long waitNanos(long nowNanos) {
    return Math.max(0, theoreticalArrival.get() - nowNanos - burstNanos);
  }

  /** Counts an event, whether it is within the rate or not. */
  void count(long nowNanos) {
    theoreticalArrival.updateAndGet(arrival -> after(arrival, nowNanos));
  }

  /**
   * Counts an event that will happen as soon as it is within the rate.
   *
   * @return how long until then, in nanoseconds; 0: now
   */
  long reserve(long nowNanos) {
    long arrival = theoreticalArrival.getAndUpdate(last -> after(last, nowNanos));
    return Math.max(0, arrival - nowNanos - burstNanos);
  }

  /**
   * Counts an event if it is within the rate.
   *
   * @return 0 if it was counted, otherwise how long until it would be, in nanoseconds
   */
  long countWithin(long nowNanos) {
    long arrival;
    do {
      arrival = theoreticalArrival.get();
      long wait = arrival - nowNanos - burstNanos;
      if (wait > 0) {
        return wait;
      }
    } while (!theoreticalArrival.compareAndSet(arrival, after(arrival, nowNanos)));
    return 0;
  }

  private long after(long arrival, long nowNanos) {
    return (arrival - nowNanos > 0 ? arrival : nowNanos) + intervalNanos;
  }
}
