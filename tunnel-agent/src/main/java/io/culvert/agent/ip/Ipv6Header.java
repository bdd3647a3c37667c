package io.culvert.agent.ip;

/**
 * Field offsets of the IPv6 header (RFC 8200, section 3) and the bounded walk over its extension
 * headers (section 4).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+---------------+---------------------------------------+
 * |Version| Traffic Class |              Flow Label               |
 * +-------+---------------+-------+---------------+---------------+
 * |        Payload Length         |  Next Header  |   Hop Limit   |
 * +-------------------------------+---------------+---------------+
 * |                     Source Address (128)                      |
 * +---------------------------------------------------------------+
 * |                   Destination Address (128)                   |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class Ipv6Header {
  /** Bytes of the fixed header. */
  public static final int BYTES = 40;

  /** Offset of the payload length. */
  public static final int PAYLOAD_LENGTH_OFFSET = 4;

  /** Offset of the next header. */
  public static final int NEXT_HEADER_OFFSET = 6;

  /** Offset of the hop limit. */
  public static final int HOP_LIMIT_OFFSET = 7;

  /** Offset of the source address. */
  public static final int SOURCE_OFFSET = 8;

  /** Offset of the destination address. */
  public static final int DESTINATION_OFFSET = 24;

  /** More extension headers than this are refused. */
  public static final int MAX_EXTENSION_HEADERS = 8;

  static final int FRAGMENT_HEADER = 44;
  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int AUTHENTICATION_HEADER = 51;
  private static final int DESTINATION_OPTIONS = 60;
  private static final int MOBILITY = 135;

  private Ipv6Header() {}

  static boolean isExtension(int nextHeader) {
    return switch (nextHeader) {
      case HOP_BY_HOP,
          ROUTING,
          FRAGMENT_HEADER,
          AUTHENTICATION_HEADER,
          DESTINATION_OPTIONS,
          MOBILITY ->
          true;
      default -> false;
    };
  }

  /** Bytes of the extension header of this type at {@code offset}, of which two can be read. */
  static int extensionBytes(int type, byte[] bytes, int offset) {
    int length = NetworkOrder.uint8(bytes, offset + 1);
    return switch (type) {
      case FRAGMENT_HEADER -> 8;
      case AUTHENTICATION_HEADER -> (length + 2) * 4;
      default -> (length + 1) * 8;
    };
  }
}
