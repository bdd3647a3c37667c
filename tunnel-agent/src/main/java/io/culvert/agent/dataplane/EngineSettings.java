package io.culvert.agent.dataplane;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What the engine is told once, at its start.
 *
 * @param aead which implementation of the ciphers
 * @param keepalive an authenticated dummy packet is sent to a peer after this time without a packet
 *     to it
 * @param suspectAfter after this time of sending without an answer the path is probed again
 * @param firstProbe pause after the first probe of a peer; doubled with each further one
 * @param lastProbe the longest pause between two probes
 * @param rekeyGrace how long an old inbound association is kept beside the new one that works
 * @param nanoClock monotonic time in nanoseconds
 */
public record EngineSettings(
    AeadPreference aead,
    Duration keepalive,
    Duration suspectAfter,
    Duration firstProbe,
    Duration lastProbe,
    Duration rekeyGrace,
    LongSupplier nanoClock) {

  /** What a node uses. The engine's only clock is named here. */
  public static EngineSettings defaults() {
    return new EngineSettings(
        AeadPreference.FASTEST,
        Duration.ofSeconds(20),
        Duration.ofSeconds(5),
        Duration.ofMillis(50),
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        System::nanoTime);
  }

  /** The same with another choice of cipher implementation. */
  public EngineSettings withAead(AeadPreference preference) {
    return new EngineSettings(
        preference, keepalive, suspectAfter, firstProbe, lastProbe, rekeyGrace, nanoClock);
  }
}
