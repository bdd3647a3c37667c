package io.culvert.server.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Spreads a storm of logons. So many a second are taken; each one above that is told when to come
 * again: the refused get slots one after the other, at the same rate, so that they do not come all
 * at once, with a jitter of a tenth. Slots end at a horizon, for who is told to wait very long may
 * go to another server and never come: who would get a later one comes at any time before it.
 * Thread-safe.
 */
public final class LogonSlots {
  /** How far slots reach, in milliseconds. */
  static final long HORIZON_MILLIS = 30_000;

  private final Rate rate;
  private final long intervalNanos;
  private final LongSupplier nanoClock;
  private final RandomGenerator jitter;
  private final AtomicLong lastSlot;

  /**
   * All slots free.
   *
   * @param perSecond logons a second, at least 1; as many may come at once after a quiet second
   * @param nanoClock monotonic
   */
  public LogonSlots(int perSecond, LongSupplier nanoClock, RandomGenerator jitter) {
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.nanoClock = nanoClock;
    this.jitter = jitter;
    long now = nanoClock.getAsLong();
    this.rate = new Rate(intervalNanos, perSecond, now);
    this.lastSlot = new AtomicLong(now);
  }

  /** 0 if a logon is taken now, otherwise after how many milliseconds to come again. */
  public int ask() {
    long now = nanoClock.getAsLong();
    long wait = rate.countWithin(now);
    if (wait == 0) {
      return 0;
    }
    long free = now + wait;
    long slot = lastSlot.updateAndGet(last -> (last - free > 0 ? last : free) + intervalNanos);
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(slot - now));
    if (millis > HORIZON_MILLIS) {
      lastSlot.compareAndSet(slot, slot - intervalNanos);
      return (int) (1 + jitter.nextLong(HORIZON_MILLIS));
    }
    return (int) (millis + jitter.nextLong(millis / 10 + 1));
  }
}
