package io.culvert.agent.dataplane;

import io.culvert.agent.ip.InternetChecksum;
import io.culvert.agent.ip.IpPacket;
import io.culvert.agent.ip.Ipv4Header;
import io.culvert.agent.ip.Ipv6Header;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.ip.TcpHeader;
import io.culvert.agent.ip.UdpHeader;

/**
 * Splits a large TCP packet, or a run of UDP datagrams behind one header, in place: each segment's
 * headers are written just in front of its payload, over the end of the segment before, which has
 * been sealed by then. The checksum of each segment is partial.
 *
 * <p>Owned by the outbound worker. {@link #begin}, then {@link #next} until it returns false.
 */
final class Segmenter {
  /** A smaller segment size is refused: no TCP offers it, and it would multiply the work. */
  static final int MIN_TCP_SEGMENT_BYTES = 16;

  private static final int MAX_HEADER_BYTES = 256;

  private final TcpHeader tcp = new TcpHeader();
  private final byte[] header = new byte[MAX_HEADER_BYTES];
  private byte[] bytes = header;
  private int version;
  private int protocol;
  private int ipHeaderBytes;
  private int headerBytes;
  private int segmentBytes;
  private int payload;
  private int end;
  private int index;
  private int offset;
  private int lengthBytes;

  /**
   * Takes a packet.
   *
   * @param protocol of the packet, TCP or UDP
   * @param segmentBytes TCP or UDP payload of each segment but the last
   * @return false if it cannot be split: another protocol, a fragment, no payload, a wrong size
   */
  boolean begin(IpPacket packet, int protocol, int segmentBytes) {
    boolean fits = packet.protocol() == protocol && !packet.isFragment();
    int transportBytes = fits ? transportHeaderBytes(packet, segmentBytes) : 0;
    if (transportBytes == 0) {
      return false;
    }
    bytes = packet.bytes();
    version = packet.version();
    this.protocol = protocol;
    ipHeaderBytes = packet.headerBytes();
    headerBytes = ipHeaderBytes + transportBytes;
    payload = packet.offset() + headerBytes;
    end = packet.offset() + packet.lengthBytes();
    this.segmentBytes = segmentBytes;
    index = 0;
    if (headerBytes > MAX_HEADER_BYTES || payload >= end) {
      return false;
    }
    System.arraycopy(bytes, packet.offset(), header, 0, headerBytes);
    return true;
  }

  /** 0 if it is no header that can be repeated. */
  private int transportHeaderBytes(IpPacket packet, int segmentBytes) {
    int at = packet.offset() + packet.headerBytes();
    int upperLayerBytes = packet.lengthBytes() - packet.headerBytes();
    return switch (packet.protocol()) {
      case IpPacket.TCP ->
          segmentBytes >= MIN_TCP_SEGMENT_BYTES && tcp.wrap(packet.bytes(), at, upperLayerBytes)
              ? tcp.headerBytes()
              : 0;
      case IpPacket.UDP ->
          segmentBytes > 0 && upperLayerBytes >= UdpHeader.BYTES ? UdpHeader.BYTES : 0;
      default -> 0;
    };
  }

  /** Writes the next segment's headers. False if there is none left. */
  boolean next() {
    if (payload >= end) {
      return false;
    }
    int data = Math.min(segmentBytes, end - payload);
    boolean last = payload + data == end;
    offset = payload - headerBytes;
    lengthBytes = headerBytes + data;
    System.arraycopy(header, 0, bytes, offset, headerBytes);
    writeIpHeader();
    int at = offset + ipHeaderBytes;
    if (protocol == IpPacket.TCP) {
      writeTcpHeader(at, last);
      writePartialChecksum(at + TcpHeader.CHECKSUM_OFFSET);
    } else {
      NetworkOrder.putInt16(bytes, at + UdpHeader.LENGTH_OFFSET, lengthBytes - ipHeaderBytes);
      writePartialChecksum(at + UdpHeader.CHECKSUM_OFFSET);
    }
    payload += data;
    index++;
    return true;
  }

  private void writeIpHeader() {
    if (version == 6) {
      NetworkOrder.putInt16(
          bytes, offset + Ipv6Header.PAYLOAD_LENGTH_OFFSET, lengthBytes - Ipv6Header.BYTES);
      return;
    }
    int identification = NetworkOrder.uint16(header, Ipv4Header.IDENTIFICATION_OFFSET) + index;
    NetworkOrder.putInt16(bytes, offset + Ipv4Header.TOTAL_LENGTH_OFFSET, lengthBytes);
    NetworkOrder.putInt16(bytes, offset + Ipv4Header.IDENTIFICATION_OFFSET, identification);
    Ipv4Header.updateChecksum(bytes, offset);
  }

  private void writeTcpHeader(int at, boolean last) {
    int first = NetworkOrder.int32(header, ipHeaderBytes + TcpHeader.SEQUENCE_OFFSET);
    NetworkOrder.putInt32(bytes, at + TcpHeader.SEQUENCE_OFFSET, first + index * segmentBytes);
    int flags = bytes[at + TcpHeader.FLAGS_OFFSET];
    if (!last) {
      flags &= ~(TcpHeader.FIN | TcpHeader.PSH);
    }
    if (index > 0) {
      flags &= ~TcpHeader.CWR;
    }
    bytes[at + TcpHeader.FLAGS_OFFSET] = (byte) flags;
  }

  private void writePartialChecksum(int field) {
    long sum =
        IpPacket.pseudoHeaderSum(bytes, offset, version, protocol, lengthBytes - ipHeaderBytes);
    NetworkOrder.putInt16(bytes, field, InternetChecksum.fold(sum));
  }

  /** Where the present segment begins in the packet's array. */
  int offset() {
    return offset;
  }

  /** Bytes of the present segment with its headers. */
  int lengthBytes() {
    return lengthBytes;
  }
}
