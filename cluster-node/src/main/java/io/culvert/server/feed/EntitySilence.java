package io.culvert.server.feed;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether the entity answers the subscriptions of a feed, counted in renewals: its shard may be
 * moving, or nobody may know yet that its server has died. Owned by the feed's actor.
 */
final class EntitySilence {
  /** So many renewals without a word; fewer are a graceful hand-over. */
  private static final int STALE_RENEWALS = 2;

  private final Duration renewal;
  private final AtomicInteger silentFeeds;
  private int unanswered;
  private boolean told;

  /**
   * Of an entity that may answer yet.
   *
   * @param renewal between two subscriptions
   * @param silentFeeds counts the feeds of this server whose entity is silent
   */
  EntitySilence(Duration renewal, AtomicInteger silentFeeds) {
    this.renewal = renewal;
    this.silentFeeds = silentFeeds;
  }

  /** Another subscription goes out. */
  void renewed() {
    unanswered++;
    if (unanswered == STALE_RENEWALS) {
      silentFeeds.incrementAndGet();
    }
  }

  /**
   * The entity speaks.
   *
   * @return whether agents were told that it does not
   */
  boolean ended() {
    if (isSilent()) {
      silentFeeds.decrementAndGet();
    }
    unanswered = 0;
    boolean owed = told;
    told = false;
    return owed;
  }

  boolean isSilent() {
    return unanswered >= STALE_RENEWALS;
  }

  /** For how long nothing has come, for an agent that is told so; 0 if the entity answers. */
  int tell() {
    if (!isSilent()) {
      return 0;
    }
    told = true;
    return (int) Math.min(Integer.MAX_VALUE, unanswered * renewal.toMillis());
  }
}
