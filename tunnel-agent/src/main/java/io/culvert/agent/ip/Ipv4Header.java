package io.culvert.agent.ip;

/**
 * Field offsets and checks of the IPv4 header (RFC 791, section 3.1).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-------+---------------+-------------------------------+
 * |Version|  IHL  |Type of Service|         Total Length          |
 * +-------+-------+---------------+-----+-------------------------+
 * |         Identification        |Flags|     Fragment Offset     |
 * +---------------+---------------+-----+-------------------------+
 * |  Time to Live |    Protocol   |        Header Checksum        |
 * +---------------+---------------+-------------------------------+
 * |                        Source Address                         |
 * +---------------------------------------------------------------+
 * |                     Destination Address                       |
 * +---------------------------------------------------------------+
 * |                 Options                       |    Padding    |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class Ipv4Header {
  /** Bytes of the header without options. */
  public static final int MIN_BYTES = 20;

  /** Offset of version and IHL. */
  public static final int VERSION_OFFSET = 0;

  /** Offset of the type of service (DSCP and ECN). */
  public static final int TOS_OFFSET = 1;

  /** Offset of the total length. */
  public static final int TOTAL_LENGTH_OFFSET = 2;

  /** Offset of the identification. */
  public static final int IDENTIFICATION_OFFSET = 4;

  /** Offset of flags and fragment offset. */
  public static final int FRAGMENT_OFFSET = 6;

  /** Offset of the time to live. */
  public static final int TTL_OFFSET = 8;

  /** Offset of the protocol. */
  public static final int PROTOCOL_OFFSET = 9;

  /** Offset of the header checksum. */
  public static final int CHECKSUM_OFFSET = 10;

  /** Offset of the source address. */
  public static final int SOURCE_OFFSET = 12;

  /** Offset of the destination address. */
  public static final int DESTINATION_OFFSET = 16;

  /** In the word at {@link #FRAGMENT_OFFSET}: do not fragment. */
  public static final int DONT_FRAGMENT = 0x4000;

  /** In the word at {@link #FRAGMENT_OFFSET}: more fragments, and the offset. */
  public static final int FRAGMENT_MASK = 0x3FFF;

  private Ipv4Header() {}

  /** Bytes of the header as its IHL says. */
  public static int headerBytes(byte[] bytes, int offset) {
    return (bytes[offset] & 0x0F) * 4;
  }

  /** Writes the header checksum anew. */
  public static void updateChecksum(byte[] bytes, int offset) {
    NetworkOrder.putInt16(bytes, offset + CHECKSUM_OFFSET, 0);
    long sum = InternetChecksum.sum(bytes, offset, headerBytes(bytes, offset));
    NetworkOrder.putInt16(bytes, offset + CHECKSUM_OFFSET, InternetChecksum.finish(sum));
  }
}
