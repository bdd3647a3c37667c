package io.culvert.agent.masquerade;

/**
 * The four bytes in front of a masqueraded ESP packet, also the first part of its associated data.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-----------------------------------------------+-+-+-+-+-------+
 * |                    zero (24)                  |M|N|C|R|  type |
 * +-----------------------------------------------+-+-+-+-+-------+
 * </pre>
 */
public final class MasqueradeHeader {
  /** Bytes of the header. */
  public static final int BYTES = 4;

  /** M: masquerade, always set. */
  public static final int MASQUERADE = 0x80;

  /** N: the sender is behind a NAT. */
  public static final int SENDER_BEHIND_NAT = 0x40;

  /** C: the inner transport checksum holds the pseudo-header's share only, or nothing. */
  public static final int CHECKSUM_PARTIAL = 0x20;

  /** R: relayed by another node. */
  public static final int RELAYED = 0x10;

  private static final int TYPE_MASK = 0x0F;

  private MasqueradeHeader() {}

  /** Whether this is a header that a node may send to another directly: M set, R clear, type 0. */
  public static boolean isEsp(int word) {
    return (word & ~(SENDER_BEHIND_NAT | CHECKSUM_PARTIAL)) == MASQUERADE;
  }

  /** The lowest four bits. */
  public static int type(int word) {
    return word & TYPE_MASK;
  }
}
