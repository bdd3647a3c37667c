package io.culvert.acceptance.lab;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the workers of an agent's engine have counted.
 *
 * @param packets carried, both directions
 * @param allocatedBytes on the heap, by both worker threads
 */
public record EngineCounters(long packets, long allocatedBytes) {
  /** Reads the engine's part of {@code agent status --json}. */
  static EngineCounters of(JsonNode engine) {
    return new EngineCounters(sum(engine, "packets"), sum(engine, "allocatedBytes"));
  }

  private static long sum(JsonNode engine, String counter) {
    return engine.at("/outbound/" + counter).asLong() + engine.at("/inbound/" + counter).asLong();
  }

  /** Both together. */
  public EngineCounters plus(EngineCounters other) {
    return new EngineCounters(packets + other.packets, allocatedBytes + other.allocatedBytes);
  }

  /** What was counted since {@code earlier}. */
  public EngineCounters minus(EngineCounters earlier) {
    return new EngineCounters(packets - earlier.packets, allocatedBytes - earlier.allocatedBytes);
  }

  /**
   * Allocated bytes for each packet.
   *
   * @throws LabException if no packet was carried: then the number would say nothing
   */
  public double allocatedBytesPerPacket() {
    if (packets == 0) {
      throw new LabException("no packet was carried");
    }
    return (double) allocatedBytes / packets;
  }
}
