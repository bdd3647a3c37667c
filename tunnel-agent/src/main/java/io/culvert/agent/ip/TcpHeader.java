package io.culvert.agent.ip;

/**
 * A reusable view of a TCP header (RFC 9293, section 3.1).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |          Source Port          |       Destination Port        |
 * +-------------------------------+-------------------------------+
 * |                        Sequence Number                        |
 * +---------------------------------------------------------------+
 * |                    Acknowledgment Number                      |
 * +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
 * | Offset| Rsrvd |C|E|U|A|P|R|S|F|            Window             |
 * +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
 * |           Checksum            |        Urgent Pointer         |
 * +-------------------------------+-------------------------------+
 * |                           Options                             |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class TcpHeader {
  /** Bytes of the header without options. */
  public static final int MIN_BYTES = 20;

  /** Offset of the sequence number. */
  public static final int SEQUENCE_OFFSET = 4;

  /** Offset of the acknowledgment number. */
  public static final int ACKNOWLEDGMENT_OFFSET = 8;

  /** Offset of the data offset and the reserved bits. */
  public static final int DATA_OFFSET = 12;

  /** Offset of the flags. */
  public static final int FLAGS_OFFSET = 13;

  /** Offset of the window. */
  public static final int WINDOW_OFFSET = 14;

  /** Offset of the checksum. */
  public static final int CHECKSUM_OFFSET = 16;

  /** Flag: no more data. */
  public static final int FIN = 0x01;

  /** Flag: push. */
  public static final int PSH = 0x08;

  /** Flag: acknowledgment. */
  public static final int ACK = 0x10;

  /** Flag: congestion window reduced (RFC 3168). */
  public static final int CWR = 0x80;

  private static final byte[] NOTHING = new byte[0];

  private byte[] bytes = NOTHING;
  private int offset;
  private int headerBytes;

  /**
   * Looks at the header at {@code offset}, of which {@code availableBytes} are there.
   *
   * @return false if it is cut short or its data offset is wrong
   */
  public boolean wrap(byte[] bytes, int offset, int availableBytes) {
    if (availableBytes < MIN_BYTES) {
      return false;
    }
    this.bytes = bytes;
    this.offset = offset;
    headerBytes = (bytes[offset + DATA_OFFSET] & 0xF0) >>> 2;
    return headerBytes >= MIN_BYTES && headerBytes <= availableBytes;
  }

  /** Bytes of the header with options. */
  public int headerBytes() {
    return headerBytes;
  }

  /** Sequence number of the first byte of data. */
  public int sequenceInt() {
    return NetworkOrder.int32(bytes, offset + SEQUENCE_OFFSET);
  }

  /** The eight flags. */
  public int flags() {
    return NetworkOrder.uint8(bytes, offset + FLAGS_OFFSET);
  }
}
