package io.culvert.acceptance.chaos;

import java.time.Duration;

/**
 * Something that goes wrong, and is put right again.
 *
 * @param kind what
 * @param victim the server, from 0, or the first of the agents
 * @param hold how long it lasts, at least, before it is put right
 */
record Fault(Kind kind, int victim, Duration hold) {
  /** What can go wrong. */
  enum Kind {
    /** A server is killed (SIGKILL), and started again. */
    KILL,
    /** A server is stopped where it is (SIGSTOP) for less than its peers need to shut it out. */
    PAUSE,
    /** As {@link #PAUSE}, for so long that the others go on without it. */
    LONG_PAUSE,
    /** A server is told to drain and end (SIGTERM), as for an upgrade, and started again. */
    DRAIN,
    /**
     * A server is cut off from the other servers until they go on without it and it has ended; what
     * is no server reaches it all that time. When the network is whole it is started again.
     */
    PARTITION,
    /** As {@link #PARTITION}, and nobody else reaches it either, nor it the database. */
    ISOLATION,
    /** Some agents vanish without a word, and start again. */
    AGENTS_VANISH,
    /** Some agents log off, and start again. */
    AGENTS_LEAVE
  }
}
