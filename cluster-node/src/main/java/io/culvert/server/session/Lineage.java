package io.culvert.server.session;

import java.util.UUID;

/**
 * Names of sessions. One that was resumed bears the name of the first of its line, so that it is
 * told from a stranger's: a session of the same line on a server that died is no newer agent. Pure.
 */
final class Lineage {
  private static final char RESUMED = '~';

  private Lineage() {}

  /** A session that begins a line. */
  static String begin() {
    return UUID.randomUUID().toString();
  }

  /** A session that goes on with a line. */
  static String resume(String lineage) {
    return lineage + RESUMED + UUID.randomUUID();
  }

  /** The line of a session. */
  static String of(String sessionId) {
    int mark = sessionId.indexOf(RESUMED);
    return mark < 0 ? sessionId : sessionId.substring(0, mark);
  }
}
