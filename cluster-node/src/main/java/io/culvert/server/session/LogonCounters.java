package io.culvert.server.session;

import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts logons by their result, and streams that broke the protocol by the reason. Thread-safe.
 */
public final class LogonCounters {
  private static final String LOGONS = "culvert.logons";
  private static final String VIOLATIONS = "culvert.link.violations";

  private final MeterRegistry meters;

  /** Registers there. */
  public LogonCounters(MeterRegistry meters) {
    this.meters = meters;
  }

  void accepted() {
    meters.counter(LOGONS, "result", "ACCEPTED").increment();
  }

  /** Accepted by a ticket. */
  void resumed() {
    meters.counter(LOGONS, "result", "RESUMED").increment();
  }

  void refused(String code) {
    meters.counter(LOGONS, "result", code).increment();
  }

  void violated(String reason) {
    meters.counter(VIOLATIONS, "reason", reason).increment();
  }
}
