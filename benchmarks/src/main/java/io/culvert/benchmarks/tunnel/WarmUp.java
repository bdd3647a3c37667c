package io.culvert.benchmarks.tunnel;

import static io.culvert.acceptance.lab.Iperf.Direction.FROM_SERVER;

import io.culvert.acceptance.lab.EngineCounters;

/**
 * An engine's code is compiled while it first carries packets, and allocates until then: turns
 * until one allocates nothing.
 */
final class WarmUp {
  /** For agents whose allocations are not asked for. */
  static final int FIXED_SECONDS = 5;

  private static final int TURN_SECONDS = 1;
  private static final int MAX_TURNS = 12;
  private static final int MANY_STREAMS = 4;
  private static final int SMALL_BYTES = 64;

  private final AgentPair agents;
  private final MeasuredPath.Ends ends;
  private final String address;
  private int turns;

  WarmUp(AgentPair agents, MeasuredPath path) {
    this.agents = agents;
    ends = path.ends();
    address = path.address();
  }

  /**
   * Warms up.
   *
   * @param everything also with what is not one stream to the second host
   * @return the counters at the end
   */
  EngineCounters until(boolean everything) {
    if (everything) {
      var _ = ends.iperf().udp(ends.first(), address, SMALL_BYTES, TURN_SECONDS);
      var _ = ends.iperf().tcp(ends.first(), address, MANY_STREAMS, FROM_SERVER, TURN_SECONDS);
    }
    EngineCounters before;
    EngineCounters after = agents.counters();
    do {
      before = after;
      ends.iperf().load(ends.first(), address, TURN_SECONDS);
      after = agents.counters();
      turns++;
    } while (after.minus(before).allocatedBytes() > 0 && turns < MAX_TURNS);
    return after;
  }

  /** How many it took. */
  int turns() {
    return turns;
  }
}
