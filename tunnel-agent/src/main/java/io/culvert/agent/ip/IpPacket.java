package io.culvert.agent.ip;

/**
 * A reusable view of an IPv4 or IPv6 packet: addresses, protocol, and where the protocol's own
 * header begins. All lengths are checked once, in {@link #wrap}.
 *
 * <p>Addresses are two longs; an IPv4 address has the IPv4-mapped form (RFC 4291, section 2.5.5.2).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc791#section-3.1">RFC 791, section 3.1</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8200#section-4">RFC 8200, section 4</a>
 */
public final class IpPacket {
  /** Protocol number of TCP. */
  public static final int TCP = 6;

  /** Protocol number of UDP. */
  public static final int UDP = 17;

  private static final long MAPPED = 0xFFFF_0000_0000L;
  private static final byte[] NOTHING = new byte[0];

  private byte[] bytes = NOTHING;
  private int offset;
  private int lengthBytes;
  private int version;
  private int headerBytes;
  private int protocol;
  private boolean fragment;

  /**
   * Looks at the packet at {@code offset}, of which {@code availableBytes} are there. Bytes behind
   * the packet's own length are left alone (RFC 4303, section 2.7, allows such padding).
   *
   * @return false if it is no well-formed IP packet; the view is then undefined
   */
  public boolean wrap(byte[] bytes, int offset, int availableBytes) {
    if (availableBytes < Ipv4Header.MIN_BYTES) {
      return false;
    }
    this.bytes = bytes;
    this.offset = offset;
    version = (bytes[offset] & 0xFF) >>> 4;
    return switch (version) {
      case 4 -> wrapIpv4(availableBytes);
      case 6 -> wrapIpv6(availableBytes);
      default -> false;
    };
  }

  private boolean wrapIpv4(int availableBytes) {
    headerBytes = Ipv4Header.headerBytes(bytes, offset);
    lengthBytes = NetworkOrder.uint16(bytes, offset + Ipv4Header.TOTAL_LENGTH_OFFSET);
    protocol = NetworkOrder.uint8(bytes, offset + Ipv4Header.PROTOCOL_OFFSET);
    int fragmentWord = NetworkOrder.uint16(bytes, offset + Ipv4Header.FRAGMENT_OFFSET);
    fragment = (fragmentWord & Ipv4Header.FRAGMENT_MASK) != 0;
    return headerBytes >= Ipv4Header.MIN_BYTES
        && headerBytes <= lengthBytes
        && lengthBytes <= availableBytes;
  }

  private boolean wrapIpv6(int availableBytes) {
    if (availableBytes < Ipv6Header.BYTES) {
      return false;
    }
    int payload = NetworkOrder.uint16(bytes, offset + Ipv6Header.PAYLOAD_LENGTH_OFFSET);
    lengthBytes = Ipv6Header.BYTES + payload;
    return lengthBytes <= availableBytes && walkExtensions();
  }

  private boolean walkExtensions() {
    headerBytes = Ipv6Header.BYTES;
    protocol = NetworkOrder.uint8(bytes, offset + Ipv6Header.NEXT_HEADER_OFFSET);
    fragment = false;
    for (int i = 0; Ipv6Header.isExtension(protocol); i++) {
      if (i == Ipv6Header.MAX_EXTENSION_HEADERS || headerBytes + 8 > lengthBytes) {
        return false;
      }
      int at = offset + headerBytes;
      int next = NetworkOrder.uint8(bytes, at);
      headerBytes += Ipv6Header.extensionBytes(protocol, bytes, at);
      if (headerBytes > lengthBytes) {
        return false;
      }
      if (protocol == Ipv6Header.FRAGMENT_HEADER) {
        fragment = true;
        protocol = next;
        return true; // what follows belongs to the fragment, not to the chain
      }
      protocol = next;
    }
    return true;
  }

  /** The array looked at. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where the packet begins. */
  public int offset() {
    return offset;
  }

  /** Bytes of the whole packet, as its header says. */
  public int lengthBytes() {
    return lengthBytes;
  }

  /** 4 or 6. */
  public int version() {
    return version;
  }

  /** Bytes of the IP header with options or extension headers. */
  public int headerBytes() {
    return headerBytes;
  }

  /** Protocol behind the IP header and its extension headers. */
  public int protocol() {
    return protocol;
  }

  /** Whether it is a fragment, also the first. */
  public boolean isFragment() {
    return fragment;
  }

  /** Whether the IP header has neither options nor extension headers. */
  public boolean isPlain() {
    return headerBytes == (version == 4 ? Ipv4Header.MIN_BYTES : Ipv6Header.BYTES);
  }

  /** Upper half of the source address. */
  public long sourceHigh() {
    return version == 4 ? 0 : NetworkOrder.int64(bytes, offset + Ipv6Header.SOURCE_OFFSET);
  }

  /** Lower half of the source address. */
  public long sourceLow() {
    return version == 4
        ? MAPPED | NetworkOrder.uint32(bytes, offset + Ipv4Header.SOURCE_OFFSET)
        : NetworkOrder.int64(bytes, offset + Ipv6Header.SOURCE_OFFSET + 8);
  }

  /** Upper half of the destination address. */
  public long destinationHigh() {
    return version == 4 ? 0 : NetworkOrder.int64(bytes, offset + Ipv6Header.DESTINATION_OFFSET);
  }

  /** Lower half of the destination address. */
  public long destinationLow() {
    return version == 4
        ? MAPPED | NetworkOrder.uint32(bytes, offset + Ipv4Header.DESTINATION_OFFSET)
        : NetworkOrder.int64(bytes, offset + Ipv6Header.DESTINATION_OFFSET + 8);
  }

  /** Whether the destination is multicast, or IPv4's limited broadcast. */
  public boolean isMulticastOrBroadcast() {
    if (version == 6) {
      return bytes[offset + Ipv6Header.DESTINATION_OFFSET] == (byte) 0xFF;
    }
    int first = NetworkOrder.uint8(bytes, offset + Ipv4Header.DESTINATION_OFFSET);
    return (first >= 224 && first <= 239)
        || NetworkOrder.int32(bytes, offset + Ipv4Header.DESTINATION_OFFSET) == -1;
  }

  /**
   * The unfolded sum of the pseudo-header (RFC 9293, section 3.1; RFC 8200, section 8.1) for this
   * packet's addresses, its protocol and {@code upperLayerBytes}.
   */
  public long pseudoHeaderSum(int upperLayerBytes) {
    return pseudoHeaderSum(bytes, offset, version, protocol, upperLayerBytes);
  }

  /** The same for the packet at {@code offset}, of which nothing is checked. */
  public static long pseudoHeaderSum(
      byte[] bytes, int offset, int version, int protocol, int upperLayerBytes) {
    long addresses =
        version == 4
            ? InternetChecksum.sum(bytes, offset + Ipv4Header.SOURCE_OFFSET, 8)
            : InternetChecksum.sum(bytes, offset + Ipv6Header.SOURCE_OFFSET, 32);
    return addresses + protocol + upperLayerBytes;
  }
}
