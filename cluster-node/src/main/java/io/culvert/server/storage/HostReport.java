package io.culvert.server.storage;

/** What one database server says of itself. */
sealed interface HostReport {
  /** {@code host:port}, as set. */
  String host();

  /**
   * It takes changes.
   *
   * @param timeline grows by one whenever a standby is promoted
   * @param waitingCommits how many commits of ours have waited for a synchronous standby for more
   *     than a second
   */
  record Primary(String host, int timeline, int waitingCommits) implements HostReport {}

  /** It follows a primary. */
  record Standby(String host) implements HostReport {}

  /** It does not answer, or not in time. */
  record Silent(String host, String reason) implements HostReport {}
}
