package io.culvert.agent.ip;

/**
 * Where the fields of a UDP header lie (RFC 768).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |          Source Port          |       Destination Port        |
 * +-------------------------------+-------------------------------+
 * |            Length             |           Checksum            |
 * +-------------------------------+-------------------------------+
 * </pre>
 */
public final class UdpHeader {
  /** Bytes of the header. */
  public static final int BYTES = 8;

  /** Offset of the length, which counts the header. */
  public static final int LENGTH_OFFSET = 4;

  /** Offset of the checksum. */
  public static final int CHECKSUM_OFFSET = 6;

  private UdpHeader() {}

  /** Whether the datagram at {@code at} is as long as what is there of it. */
  public static boolean isWhole(byte[] bytes, int at, int availableBytes) {
    return availableBytes >= BYTES
        && NetworkOrder.uint16(bytes, at + LENGTH_OFFSET) == availableBytes;
  }
}
