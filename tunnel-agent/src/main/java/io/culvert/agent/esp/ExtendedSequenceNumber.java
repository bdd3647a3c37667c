package io.culvert.agent.esp;

/** Recovery of the upper half of an extended sequence number (RFC 4303, appendix A2.2). */
public final class ExtendedSequenceNumber {
  private ExtendedSequenceNumber() {}

  /**
   * The 64-bit number that the 32 bits in a packet most likely stand for: the one within the window
   * behind {@code highest}, or the next one ahead of it.
   *
   * @param highest newest authenticated number (T in the RFC)
   * @param sequenceInt the 32 bits in the packet (Seql)
   * @param windowSize W
   * @return 0, which is never acceptable, if the number would lie before the first
   */
  public static long recover(long highest, int sequenceInt, int windowSize) {
    long upper = highest >>> 32;
    long bottom = ((highest & 0xFFFF_FFFFL) - windowSize + 1) & 0xFFFF_FFFFL;
    long lower = sequenceInt & 0xFFFF_FFFFL;
    boolean windowInOneSubspace = (highest & 0xFFFF_FFFFL) >= windowSize - 1;
    if (windowInOneSubspace) {
      upper = lower >= bottom ? upper : upper + 1;
    } else if (lower >= bottom) {
      if (upper == 0) {
        return 0;
      }
      upper--;
    }
    return upper << 32 | lower;
  }
}
