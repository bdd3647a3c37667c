package io.culvert.agent.dataplane;

import io.culvert.agent.ip.IpPacket;
import io.culvert.agent.ip.Ipv4Header;
import io.culvert.agent.ip.Ipv6Header;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.ip.TcpHeader;
import io.culvert.agent.ip.UdpHeader;
import io.culvert.agent.tun.TunOffloads;
import java.util.Arrays;

/**
 * Decides which TCP segments, or UDP datagrams, of one flow can be joined: those that segmentation
 * of the joined packet would give back bit for bit. All header fields are equal but the ones that
 * segmentation counts on: sequence number, IPv4 identification, lengths, checksums, and PSH on the
 * last.
 *
 * <p>One difference is allowed: the identification of UDP datagrams with DF, which some senders
 * leave the same, means nothing (RFC 6864, section 4.1) and comes back counting.
 *
 * <p>Owned by the inbound worker.
 */
final class SegmentRun {
  /** A plain IPv6 header and a full TCP header. */
  static final int MAX_HEADER_BYTES = Ipv6Header.BYTES + 60;

  /** More datagrams behind one header are refused by some kernels (UDP_MAX_SEGMENTS). */
  private static final int MAX_DATAGRAMS = 64;

  private final TcpHeader tcp = new TcpHeader();
  private final TunOffloads offloads;
  private int version;
  private int protocol;
  private int ipHeaderBytes;
  private int headerBytes;
  private int segmentBytes;
  private int nextSequenceInt;
  private int identification;
  private int identificationStep;
  private int count;
  private boolean pushed;
  private boolean open;

  /** Joins what the device takes joined. */
  SegmentRun(TunOffloads offloads) {
    this.offloads = offloads;
  }

  /** Begins with this packet, if it is one that others can join. */
  void begin(IpPacket packet) {
    int transportBytes = transportHeaderBytes(packet);
    if (transportBytes == 0) {
      return;
    }
    version = packet.version();
    protocol = packet.protocol();
    ipHeaderBytes = packet.headerBytes();
    headerBytes = ipHeaderBytes + transportBytes;
    segmentBytes = packet.lengthBytes() - headerBytes;
    nextSequenceInt = protocol == IpPacket.TCP ? tcp.sequenceInt() + segmentBytes : 0;
    identification = identification(packet.bytes(), packet.offset());
    identificationStep = 1;
    count = 1;
    pushed = isPushed();
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

  /** Bytes of IP and TCP or UDP headers. */
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
    int transportBytes = transportHeaderBytes(packet);
    if (transportBytes == 0
        || !continuesRun(packet, transportBytes)
        || !sameHeaders(packet, frame, start)) {
      return false;
    }
    int data = packet.lengthBytes() - headerBytes;
    nextSequenceInt += data;
    count++;
    pushed = isPushed();
    open = !pushed && data == segmentBytes && (protocol == IpPacket.TCP || count < MAX_DATAGRAMS);
    return true;
  }

  /** 0 if it cannot be part of a run. */
  private int transportHeaderBytes(IpPacket packet) {
    if (!packet.isPlain() || packet.isFragment()) {
      return 0;
    }
    int at = packet.offset() + packet.headerBytes();
    int upperLayerBytes = packet.lengthBytes() - packet.headerBytes();
    return switch (packet.protocol()) {
      case IpPacket.TCP ->
          (packet.version() == 4 ? offloads.tcpIpv4() : offloads.tcpIpv6())
                  && tcp.wrap(packet.bytes(), at, upperLayerBytes)
                  && upperLayerBytes > tcp.headerBytes()
                  && (tcp.flags() & ~TcpHeader.PSH) == TcpHeader.ACK
              ? tcp.headerBytes()
              : 0;
      case IpPacket.UDP ->
          offloads.udp()
                  && upperLayerBytes > UdpHeader.BYTES
                  && UdpHeader.isWhole(packet.bytes(), at, upperLayerBytes)
              ? UdpHeader.BYTES
              : 0;
      default -> 0;
    };
  }

  private boolean isPushed() {
    return protocol == IpPacket.TCP && (tcp.flags() & TcpHeader.PSH) != 0;
  }

  private boolean continuesRun(IpPacket packet, int transportBytes) {
    return packet.version() == version
        && packet.protocol() == protocol
        && packet.headerBytes() == ipHeaderBytes
        && packet.headerBytes() + transportBytes == headerBytes
        && packet.lengthBytes() - headerBytes <= segmentBytes
        && (protocol == IpPacket.UDP || tcp.sequenceInt() == nextSequenceInt);
  }

  private boolean sameHeaders(IpPacket packet, byte[] frame, int start) {
    byte[] bytes = packet.bytes();
    int at = packet.offset();
    boolean sameIp =
        version == 4 ? sameIpv4(bytes, at, frame, start) : sameIpv6(bytes, at, frame, start);
    int transportAt = at + ipHeaderBytes;
    int transportStart = start + ipHeaderBytes;
    return sameIp
        && NetworkOrder.int32(bytes, transportAt) == NetworkOrder.int32(frame, transportStart)
        && (protocol == IpPacket.UDP || sameTcp(bytes, transportAt, frame, transportStart));
  }

  private boolean sameTcp(byte[] bytes, int at, byte[] frame, int start) {
    return equal(bytes, at, frame, start, TcpHeader.ACKNOWLEDGMENT_OFFSET, 5)
        && equal(bytes, at, frame, start, TcpHeader.WINDOW_OFFSET, 2)
        && equal(
            bytes,
            at,
            frame,
            start,
            TcpHeader.CHECKSUM_OFFSET + 2,
            headerBytes - ipHeaderBytes - TcpHeader.CHECKSUM_OFFSET - 2);
  }

  private boolean sameIpv4(byte[] bytes, int at, byte[] frame, int start) {
    return NetworkOrder.uint16(bytes, at) == NetworkOrder.uint16(frame, start)
        && equal(bytes, at, frame, start, Ipv4Header.FRAGMENT_OFFSET, 4)
        && equal(bytes, at, frame, start, Ipv4Header.SOURCE_OFFSET, 8)
        && identificationFollows(bytes, at);
  }

  private boolean identificationFollows(byte[] bytes, int at) {
    int found = identification(bytes, at);
    if (count == 1 && found == identification && mayRepeatIdentification(bytes, at)) {
      identificationStep = 0;
    }
    return found == (identification + count * identificationStep & 0xFFFF);
  }

  private boolean mayRepeatIdentification(byte[] bytes, int at) {
    int fragmentWord = NetworkOrder.uint16(bytes, at + Ipv4Header.FRAGMENT_OFFSET);
    return protocol == IpPacket.UDP && fragmentWord == Ipv4Header.DONT_FRAGMENT;
  }

  private static int identification(byte[] bytes, int at) {
    return NetworkOrder.uint16(bytes, at + Ipv4Header.IDENTIFICATION_OFFSET);
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
    int at = start + ipHeaderBytes;
    if (protocol == IpPacket.UDP) {
      NetworkOrder.putInt16(frame, at + UdpHeader.LENGTH_OFFSET, packetBytes - ipHeaderBytes);
    } else if (pushed) {
      frame[at + TcpHeader.FLAGS_OFFSET] = TcpHeader.ACK | TcpHeader.PSH;
    }
  }

  /** What a virtio header calls the joined packet. */
  int gsoType() {
    if (protocol == IpPacket.UDP) {
      return VnetHeader.GSO_UDP_L4;
    }
    return version == 4 ? VnetHeader.GSO_TCPV4 : VnetHeader.GSO_TCPV6;
  }
}
