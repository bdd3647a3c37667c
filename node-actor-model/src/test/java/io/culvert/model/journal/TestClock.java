package io.culvert.model.journal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test moves. */
public final class TestClock implements InstantSource {
  private volatile Instant now = Instant.parse("2026-11-25T06:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  /** Time passes. */
  public void advance(Duration duration) {
    now = now.plus(duration);
  }
}
