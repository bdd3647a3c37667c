package io.culvert.agent.ip;

/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit
 * words. Sums travel unfolded in a {@code long}.
 */
public final class InternetChecksum {
  private InternetChecksum() {}

  /**
   * The one's complement sum of the words at {@code offset}; an odd last byte counts as the upper
   * half of a word.
   */
  public static long sum(byte[] bytes, int offset, int lengthBytes) {
    long sum = 0;
    int position = offset;
    int end = offset + lengthBytes;
    for (; position + 8 <= end; position += 8) {
      long eight = NetworkOrder.int64(bytes, position);
      sum += (eight >>> 32) + (eight & 0xFFFF_FFFFL);
    }
    for (; position + 2 <= end; position += 2) {
      sum += NetworkOrder.uint16(bytes, position);
    }
    return position < end ? sum + (NetworkOrder.uint8(bytes, position) << 8) : sum;
  }

  /** Folds a sum to 16 bits, without complementing it. */
  public static int fold(long sum) {
    long folded = (sum >>> 32) + (sum & 0xFFFF_FFFFL);
    folded = (folded >>> 32) + (folded & 0xFFFF_FFFFL);
    folded = (folded >>> 16) + (folded & 0xFFFF);
    folded = (folded >>> 16) + (folded & 0xFFFF);
    return (int) ((folded >>> 16) + (folded & 0xFFFF));
  }

  /** The checksum of a sum: its folded one's complement, 16 bits. */
  public static int finish(long sum) {
    return ~fold(sum) & 0xFFFF;
  }
}
