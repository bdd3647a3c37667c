package io.culvert.server.session;

import io.micrometer.core.instrument.MeterRegistry;

/** Counts logons by their result. Thread-safe. */
public final class LogonCounters {
  private static final String NAME = "culvert.logons";

  private final MeterRegistry meters;

  /** Registers there. */
  public LogonCounters(MeterRegistry meters) {
    this.meters = meters;
  }

  void accepted() {
    count("ACCEPTED");
  }

  void refused(String code) {
    count(code);
  }

  private void count(String result) {
    meters.counter(NAME, "result", result).increment();
  }
}
