package io.culvert.server.admission;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Spreads the claims of sessions whose agents are linked already, by a ticket or before their
 * node's entity was lost: each wakes an entity, which reads its journal. When thousands come back
 * at one moment, that work is done behind them and not in their way; nobody waits for it. While
 * agents wait to be let in at all ({@link #isCrowded}), it is put off again. Thread-safe.
 */
public final class ClaimPace {
  /** A server that has just started does so many a second beside the links of a storm. */
  public static final int FOR_EACH_PROCESSOR = 25;

  /** Nobody's claim waits longer, however many have reserved a place and gone. */
  public static final Duration HORIZON = Duration.ofMinutes(1);

  private final Rate rate;
  private final BooleanSupplier crowded;
  private final LongSupplier nanoClock;

  /**
   * Nothing claimed yet.
   *
   * @param perSecond claims a second, at least 1; as many may come at once after a quiet second
   * @param crowded whether agents wait to be let in; any thread
   * @param nanoClock monotonic
   */
  public ClaimPace(int perSecond, BooleanSupplier crowded, LongSupplier nanoClock) {
    this.crowded = crowded;
    this.nanoClock = nanoClock;
    this.rate = new Rate(TimeUnit.SECONDS.toNanos(1) / perSecond, perSecond, nanoClock.getAsLong());
  }

  /** Reserves the next place: how long to wait for it; zero while few come. */
  public Duration next() {
    Duration wait = Duration.ofNanos(rate.reserve(nanoClock.getAsLong()));
    return wait.compareTo(HORIZON) < 0 ? wait : HORIZON;
  }

  /** Whether agents wait to be let in: a claim whose turn has come may let them go first. */
  public boolean isCrowded() {
    return crowded.getAsBoolean();
  }
}
