package io.culvert.server.feed;

import io.culvert.model.identity.NodeId;

/** A session that has joined a feed. Owned by the feed's actor. */
final class JoinedSession {
  final NodeId node;

  /** The newest revision that its agent has acknowledged; 0 before the first. */
  long appliedRevision;

  /** Whether it was sent a view as a member, and nothing since that says it is none. */
  boolean admitted;

  /** Whether it asks for views; otherwise it is told of changes as they happen. */
  boolean pulls;

  /** Whether it has asked, and waits for a view. */
  boolean asked;

  /** Whether there is a newer view than it was sent. */
  boolean outdated;

  JoinedSession(NodeId node) {
    this.node = node;
  }

  /** Whether it has a view and does not want to hear of changes. */
  boolean isQuiet() {
    return pulls && admitted && !asked;
  }
}
