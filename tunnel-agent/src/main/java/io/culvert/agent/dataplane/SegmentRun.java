package io.culvert.agent.dataplane;

import io.culvert.agent.ip.IpPacket;
import io.culvert.agent.ip.Ipv4Header;
import io.culvert.agent.ip.Ipv6Header;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.ip.TcpHeader;
import java.util.Arrays;

/**
 * Decides which TCP segments can be joined: those that segmentation of the joined packet would give
 * back bit for bit. All header fields are equal but the ones that segmentation counts on: sequence
 * number, IPv4 identification, lengths, checksums, and PSH on the last.
 *
 * <p>Owned by the inbound worker.
 */
final class SegmentRun {
  /** A plain IPv6 header and a full TCP header. */
  static final int MAX_HEADER_BYTES = Ipv6Header.BYTES + 60;

  private final TcpHeader tcp = new TcpHeader();
  private int version;
  private int ipHeaderBytes;
  private int headerBytes;
  private int segmentBytes;
  private int nextSequenceInt;
  private int nextIdentification;
  private int count;
  private boolean pushed;
  private boolean open;

  /** Begins with this packet, if it is one that others can join. */
  void begin(IpPacket packet) {
    if (!isCandidate(packet)) {
      return;
    }
    version = packet.version();
    ipHeaderBytes = packet.headerBytes();
    headerBytes = ipHeaderBytes + tcp.headerBytes();
    segmentBytes = packet.lengthBytes() - headerBytes;
    nextSequenceInt = tcp.sequenceInt() + segmentBytes;
    nextIdentification =
        NetworkOrder.uint16(packet.bytes(), packet.offset() + Ipv4Header.IDENTIFICATION_OFFSET) + 1;
    count = 1;
    pushed = (tcp.flags() & TcpHeader.PSH) != 0;
    open = !pushed && segmentBytes >= headerBytes; // else the next would cover our headers
  }

  /** Ends the run. */
  void close() {
    open = false;
    count = 0;
  }

  /** Whether a segment may still join. */
  boolean isOpen() {
    return open;
  }

  /** Segments joined; 0 if there is no run. */
  int count() {
    return count;
  }

  /** Bytes of IP and TCP headers. */
  int headerBytes() {
    return headerBytes;
  }

  /** Payload bytes of each segment but the last. */
  int segmentBytes() {
    return segmentBytes;
  }

  /**
   * Joins a segment, whose payload is in its place already, if it continues the run.
   *
   * @param frame the frame whose packet at {@code start} began the run
   * @return whether it does
   */
  boolean append(IpPacket packet, byte[] frame, int start) {
    if (!isCandidate(packet) || !continuesRun(packet) || !sameHeaders(packet, frame, start)) {
      return false;
    }
    int data = packet.lengthBytes() - headerBytes;
    nextSequenceInt += data;
    nextIdentification++;
    count++;
    pushed = (tcp.flags() & TcpHeader.PSH) != 0;
    open = !pushed && data == segmentBytes;
    return true;
  }

  private boolean isCandidate(IpPacket packet) {
    int at = packet.offset() + packet.headerBytes();
    int upperLayerBytes = packet.lengthBytes() - packet.headerBytes();
    return packet.protocol() == IpPacket.TCP
        && packet.isPlain()
        && !packet.isFragment()
        && tcp.wrap(packet.bytes(), at, upperLayerBytes)
        && upperLayerBytes > tcp.headerBytes()
        && (tcp.flags() & ~TcpHeader.PSH) == TcpHeader.ACK;
  }

  private boolean continuesRun(IpPacket packet) {
    return packet.version() == version
        && packet.headerBytes() == ipHeaderBytes
        && packet.headerBytes() + tcp.headerBytes() == headerBytes
        && packet.lengthBytes() - headerBytes <= segmentBytes
        && tcp.sequenceInt() == nextSequenceInt;
  }

  private boolean sameHeaders(IpPacket packet, byte[] frame, int start) {
    byte[] bytes = packet.bytes();
    int at = packet.offset();
    boolean sameIp =
        version == 4 ? sameIpv4(bytes, at, frame, start) : sameIpv6(bytes, at, frame, start);
    int tcpAt = at + ipHeaderBytes;
    int tcpStart = start + ipHeaderBytes;
    return sameIp
        && NetworkOrder.int32(bytes, tcpAt) == NetworkOrder.int32(frame, tcpStart)
        && equal(bytes, tcpAt, frame, tcpStart, TcpHeader.ACKNOWLEDGMENT_OFFSET, 5)
        && equal(bytes, tcpAt, frame, tcpStart, TcpHeader.WINDOW_OFFSET, 2)
        && equal(
            bytes,
            tcpAt,
            frame,
            tcpStart,
            TcpHeader.CHECKSUM_OFFSET + 2,
            headerBytes - ipHeaderBytes - TcpHeader.CHECKSUM_OFFSET - 2);
  }

  private boolean sameIpv4(byte[] bytes, int at, byte[] frame, int start) {
    int identification = NetworkOrder.uint16(bytes, at + Ipv4Header.IDENTIFICATION_OFFSET);
    return identification == (nextIdentification & 0xFFFF)
        && NetworkOrder.uint16(bytes, at) == NetworkOrder.uint16(frame, start)
        && equal(bytes, at, frame, start, Ipv4Header.FRAGMENT_OFFSET, 4)
        && equal(bytes, at, frame, start, Ipv4Header.SOURCE_OFFSET, 8);
  }

  private static boolean sameIpv6(byte[] bytes, int at, byte[] frame, int start) {
    return NetworkOrder.int32(bytes, at) == NetworkOrder.int32(frame, start)
        && equal(bytes, at, frame, start, Ipv6Header.NEXT_HEADER_OFFSET, 34);
  }

  private static boolean equal(
      byte[] bytes, int at, byte[] frame, int start, int offset, int lengthBytes) {
    return Arrays.equals(
        bytes,
        at + offset,
        at + offset + lengthBytes,
        frame,
        start + offset,
        start + offset + lengthBytes);
  }

  /** Writes the lengths, PSH and the IPv4 header checksum of the joined packet. */
  void writeHeaders(byte[] frame, int start, int packetBytes) {
    if (version == 4) {
      NetworkOrder.putInt16(frame, start + Ipv4Header.TOTAL_LENGTH_OFFSET, packetBytes);
      Ipv4Header.updateChecksum(frame, start);
    } else {
      NetworkOrder.putInt16(
          frame, start + Ipv6Header.PAYLOAD_LENGTH_OFFSET, packetBytes - Ipv6Header.BYTES);
    }
    if (pushed) {
      frame[start + ipHeaderBytes + TcpHeader.FLAGS_OFFSET] = TcpHeader.ACK | TcpHeader.PSH;
    }
  }
}
