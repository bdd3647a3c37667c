package io.culvert.acceptance.history;

/**
 * One command of an administrator, with its answer.
 *
 * @param begunMicros when it was first sent, microseconds since the epoch
 * @param endedMicros when the answer came, or nobody waited any longer
 * @param vpn {@code organization/name}
 * @param node {@code organization/name}
 * @param revision that the answer named; 0 if none did
 * @param answer for people
 */
public record CommandRecord(
    long begunMicros,
    long endedMicros,
    Kind kind,
    String vpn,
    String node,
    Outcome outcome,
    long revision,
    String answer) {
  /** What was asked. */
  public enum Kind {
    /** The node shall be a member. */
    ADMIT,
    /** The node shall be none. */
    REMOVE
  }

  /** What is known of it. */
  public enum Outcome {
    /** A server said that the change is durable. */
    ACKNOWLEDGED,
    /** A server said that nothing was changed. */
    REFUSED,
    /** Nobody said anything: it may have been done, or may still be. */
    UNKNOWN
  }
}
