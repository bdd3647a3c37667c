package io.culvert.agent.discovery;

import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * When each attempt of a race begins, and when it is given up: the next {@link #ATTEMPT_DELAY}
 * after the one before, or at once when one fails. Pure: the time is passed in, in nanoseconds of a
 * monotonic clock. Owned by the race.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8305#section-5">RFC 8305, section 5</a>
 */
final class RaceSchedule {
  /** Connection Attempt Delay: what RFC 8305 recommends. */
  static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

  /** How long one attempt may take. */
  static final Duration ATTEMPT_PATIENCE = Duration.ofSeconds(4);

  private static final long NOT_RUNNING = -1;

  /** By attempt: when it is given up, relative to the begin; {@link #NOT_RUNNING} otherwise. */
  private final long[] giveUpNanos;

  private final long beganNanos;
  private int begun;
  private int running;

  /** When the next attempt is due, relative to the begin. */
  private long nextNanos;

  RaceSchedule(int attempts, long nowNanos) {
    giveUpNanos = new long[attempts];
    Arrays.fill(giveUpNanos, NOT_RUNNING);
    beganNanos = nowNanos;
  }

  /** The attempt that begins now, if one is due; call until it is empty. */
  OptionalInt begin(long nowNanos) {
    long now = nowNanos - beganNanos;
    if (begun == giveUpNanos.length || now < nextNanos) {
      return OptionalInt.empty();
    }
    giveUpNanos[begun] = now + ATTEMPT_PATIENCE.toNanos();
    nextNanos = now + ATTEMPT_DELAY.toNanos();
    running++;
    return OptionalInt.of(begun++);
  }

  /** An attempt that has taken too long, if there is one; it still counts until it is failed. */
  OptionalInt overdue(long nowNanos) {
    for (int attempt = 0; attempt < begun; attempt++) {
      if (isRunning(attempt) && nowNanos - beganNanos >= giveUpNanos[attempt]) {
        return OptionalInt.of(attempt);
      }
    }
    return OptionalInt.empty();
  }

  /** An attempt failed: the next is due at once. */
  void failed(int attempt, long nowNanos) {
    giveUpNanos[attempt] = NOT_RUNNING;
    running--;
    nextNanos = Math.min(nextNanos, nowNanos - beganNanos);
  }

  boolean isRunning(int attempt) {
    return giveUpNanos[attempt] != NOT_RUNNING;
  }

  /** Whether all attempts were made, and all failed. */
  boolean isLost() {
    return running == 0 && begun == giveUpNanos.length;
  }

  /** How long nothing is to be done unless an attempt ends; nanoseconds, never negative. */
  long idleNanos(long nowNanos) {
    long until = begun < giveUpNanos.length ? nextNanos : Long.MAX_VALUE;
    for (int attempt = 0; attempt < begun; attempt++) {
      if (isRunning(attempt)) {
        until = Math.min(until, giveUpNanos[attempt]);
      }
    }
    return Math.max(0, until - (nowNanos - beganNanos));
  }
}
