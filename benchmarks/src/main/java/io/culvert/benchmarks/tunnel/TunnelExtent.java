package io.culvert.benchmarks.tunnel;

/**
 * How much is measured.
 *
 * @param rounds how often each path is measured, 1 or more
 * @param seconds that count in each measurement, 1 or more
 * @param everything also what takes its time: without it, one TCP stream on the raw path and
 *     through Culvert
 */
record TunnelExtent(int rounds, int seconds, boolean everything) {
  /** A second for each measurement's beginning, and for the programs that measure. */
  private static final int OVERHEAD_SECONDS = 6;

  private static final int MEASUREMENTS = 8;

  /** About how long so many paths take, in seconds. */
  int estimatedSeconds(int paths) {
    return rounds * paths * (MEASUREMENTS * seconds + OVERHEAD_SECONDS);
  }
}
