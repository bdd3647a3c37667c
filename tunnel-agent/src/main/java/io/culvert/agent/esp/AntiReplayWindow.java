package io.culvert.agent.esp;

import java.util.Arrays;

/**
 * The anti-replay window over 64-bit extended sequence numbers (RFC 4303, section 3.4.3), as a ring
 * of words that is never shifted (RFC 6479).
 *
 * <p>Owned by the inbound worker. {@link #isAcceptable} before authentication, {@link #mark} after
 * it.
 */
public final class AntiReplayWindow {
  private static final int WORD_SHIFT = 6;
  private static final int WORDS = 64;

  /** Sequence numbers that can be told apart behind the newest: one word less than the ring. */
  public static final int SIZE = (WORDS - 1) << WORD_SHIFT;

  private final long[] words = new long[WORDS];
  private long highest;

  /**
   * A window that begins behind {@code highest}.
   *
   * @param highest everything up to and including this number counts as seen; 0 for a new
   *     association
   */
  public AntiReplayWindow(long highest) {
    this.highest = highest;
    Arrays.fill(words, -1);
    if (highest == 0) {
      Arrays.fill(words, 0);
    } else {
      clearAbove(highest);
    }
  }

  /** The newest number marked; 0 if there was none. */
  public long highest() {
    return highest;
  }

  /** Whether the number is new enough and not seen yet. Number 0 is never sent. */
  public boolean isAcceptable(long sequence) {
    if (Long.compareUnsigned(sequence, highest) > 0) {
      return true;
    }
    return sequence != 0
        && highest - sequence < SIZE
        && (words[wordOf(sequence)] & 1L << sequence) == 0;
  }

  /**
   * Marks an acceptable, authenticated number as seen.
   *
   * @return whether it is the newest so far
   */
  public boolean mark(long sequence) {
    boolean newest = Long.compareUnsigned(sequence, highest) > 0;
    if (newest) {
      advanceTo(sequence);
    }
    words[wordOf(sequence)] |= 1L << sequence;
    return newest;
  }

  private void advanceTo(long sequence) {
    long from = highest >>> WORD_SHIFT;
    long steps = Math.min((sequence >>> WORD_SHIFT) - from, WORDS);
    for (long i = 1; i <= steps; i++) {
      words[(int) (from + i) & (WORDS - 1)] = 0;
    }
    highest = sequence;
  }

  /** In a window that was all seen, forgets the bits above {@code sequence} in its own word. */
  private void clearAbove(long sequence) {
    long bit = 1L << sequence;
    words[wordOf(sequence)] = bit | (bit - 1);
  }

  private static int wordOf(long sequence) {
    return (int) (sequence >>> WORD_SHIFT) & (WORDS - 1);
  }
}
