package io.culvert.model;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that goes on only by hand. Thread-safe. */
public final class HandClock implements InstantSource {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-25T06:00:00Z"));

  @Override
  public Instant instant() {
    return now.get();
  }

  /** Goes on. */
  public void passes(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }
}
