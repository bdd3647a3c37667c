package io.culvert.agent.dataplane;

import io.culvert.agent.ip.InternetChecksum;
import io.culvert.agent.ip.IpPacket;
import io.culvert.agent.ip.Ipv4Header;
import io.culvert.agent.ip.Ipv6Header;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.ip.TcpHeader;

/**
 * Splits a large TCP packet in place: each segment's headers are written just in front of its
 * payload, over the end of the segment before, which has been sealed by then. The checksum of each
 * segment is partial.
 *
 * <p>Owned by the outbound worker. {@link #begin}, then {@link #next} until it returns false.
 */
final class TcpSegmenter {
  /** A smaller segment size is refused: no TCP offers it, and it would multiply the work. */
  static final int MIN_SEGMENT_BYTES = 16;

  private static final int MAX_HEADER_BYTES = 256;

  private final TcpHeader tcp = new TcpHeader();
  private final byte[] header = new byte[MAX_HEADER_BYTES];
  private byte[] bytes = header;
  private int version;
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
   * @param segmentBytes TCP payload of each segment but the last
   * @return false if it cannot be split: no TCP, a fragment, no payload, a wrong size
   */
  boolean begin(IpPacket packet, int segmentBytes) {
    int tcpOffset = packet.offset() + packet.headerBytes();
    int tcpBytes = packet.lengthBytes() - packet.headerBytes();
    if (packet.protocol() != IpPacket.TCP
        || packet.isFragment()
        || segmentBytes < MIN_SEGMENT_BYTES
        || !tcp.wrap(packet.bytes(), tcpOffset, tcpBytes)) {
      return false;
    }
    bytes = packet.bytes();
    version = packet.version();
    ipHeaderBytes = packet.headerBytes();
    headerBytes = ipHeaderBytes + tcp.headerBytes();
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
    writeTcpHeader(last);
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

  private void writeTcpHeader(boolean last) {
    int at = offset + ipHeaderBytes;
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
    long sum =
        IpPacket.pseudoHeaderSum(bytes, offset, version, IpPacket.TCP, lengthBytes - ipHeaderBytes);
    NetworkOrder.putInt16(bytes, at + TcpHeader.CHECKSUM_OFFSET, InternetChecksum.fold(sum));
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
