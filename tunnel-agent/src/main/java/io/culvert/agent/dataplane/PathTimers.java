package io.culvert.agent.dataplane;

import io.culvert.agent.sad.SecurityAssociationPair;
import org.jspecify.annotations.Nullable;

/** When something is due for a peer. Owned by the outbound worker. Times in nanoseconds. */
final class PathTimers {
  /** The pair that the timers are about; another one starts them anew. */
  @Nullable SecurityAssociationPair pair;

  /** When anything was sent last. */
  long lastSentNanos;

  /** When a packet of the inner network was sent last. */
  long lastDataSentNanos;

  /** Whether probes are being sent. */
  boolean probing;

  /** When the next probe is due. */
  long nextProbeNanos;

  /** The pause after that. */
  long probePauseNanos;

  /** Since when the newest pair has worked, while there are older ones to retire. */
  boolean graceRunning;

  /** When the older pairs are retired. */
  long graceEndNanos;

  /** Starts to probe, at once. */
  void startProbing(long nowNanos, long firstPauseNanos) {
    probing = true;
    nextProbeNanos = nowNanos;
    probePauseNanos = firstPauseNanos;
  }
}
