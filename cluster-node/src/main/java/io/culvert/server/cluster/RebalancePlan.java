package io.culvert.server.cluster;

import java.util.Collection;

/**
 * How many agents a server sends elsewhere so that all servers have about as many. Every server
 * plans for itself with the same numbers: who has more than a tenth above the mean gives agents
 * away, and nobody else moves. Pure.
 */
final class RebalancePlan {
  /** What a server may have above the mean, in percent of it. */
  static final int TOLERANCE_PERCENT = 10;

  /** A total that changes by more than this from look to look is not at rest, in percent of it. */
  static final int REST_PERCENT = 5;

  /** So many agents a round at most: each makes a logon somewhere else. */
  static final int MAX_MOVES = 200;

  private RebalancePlan() {}

  /**
   * The number of agents that go in this round; half of what is too much, since those that move at
   * the same time from other servers are not counted yet.
   *
   * @param own agents of this server
   * @param all agents of every server that takes agents, this one's among them
   */
  static int moves(int own, Collection<Integer> all) {
    long total = all.stream().mapToLong(Integer::longValue).sum();
    long meanRoundedUp = Math.ceilDiv(total, (long) all.size());
    long allowed = Math.max(meanRoundedUp, total * (100 + TOLERANCE_PERCENT) / (100L * all.size()));
    if (own <= allowed) {
      return 0;
    }
    return (int) Math.min(MAX_MOVES, Math.ceilDiv(own - meanRoundedUp, 2));
  }

  /**
   * Whether so many agents have come or gone since the last look that it is too early to move any:
   * in a storm the numbers say who was quicker, and links are made and lost.
   *
   * @param before agents of all servers together at the last look
   * @param now the same at this one
   */
  static boolean isInMotion(long before, long now) {
    return 100 * Math.abs(now - before) > before * REST_PERCENT;
  }
}
