package io.culvert.server.bootstrap;

import java.util.Collection;
import java.util.Collections;
import java.util.List;

/**
 * Whether a server may found a cluster when it finds none. Only the first of the seeds ever does,
 * and only if no cluster can be where it cannot look: over one journal, a second cluster would be a
 * second writer. Pure.
 */
enum Founding {
  /** Join, however long it takes: another server founds. */
  JOIN,
  /** A server is there: ask it, and found if it is in no cluster either. */
  ASK,
  /** Nobody is there. */
  FOUND,
  /** So many seeds are silent that they may be a cluster behind a broken network: look again. */
  LOOK_AGAIN;

  /** What a look at another seed has shown. */
  enum Seen {
    /** A server speaks there, member or not. */
    PRESENT,
    /** The computer is there, and no server runs on it. */
    ABSENT,
    /** Nothing came back. */
    SILENT
  }

  /**
   * The rule.
   *
   * @param seeds all of them, in the order that is the same on all servers; empty: found alone
   * @param self this server's own address
   * @param others what the looks at the other seeds have shown
   */
  static Founding decide(List<String> seeds, String self, Collection<Seen> others) {
    if (seeds.isEmpty()) {
      return FOUND;
    }
    if (!seeds.getFirst().equals(self)) {
      return JOIN;
    }
    if (Collections.frequency(others, Seen.SILENT) * 2 >= seeds.size()) {
      return LOOK_AGAIN;
    }
    return others.contains(Seen.PRESENT) ? ASK : FOUND;
  }
}
