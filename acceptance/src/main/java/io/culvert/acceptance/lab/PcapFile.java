package io.culvert.acceptance.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a capture file in libpcap's format with link type LINUX_SLL2, as {@code tcpdump -i any -y
 * LINUX_SLL2} writes it.
 *
 * @see <a href="https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html">LINUX_SLL2</a>
 */
public final class PcapFile {
  private static final int MAGIC = 0xA1B2C3D4;
  private static final int LINUX_SLL2 = 276;
  private static final int SLL2_HEADER_BYTES = 20;
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int ETHERTYPE_IPV6 = 0x86DD;
  private static final int IPV4_PROTOCOL_OFFSET = 9;
  private static final int IPV4_SOURCE_OFFSET = 12;
  private static final int IPV6_HEADER_BYTES = 40;
  private static final int IPV6_NEXT_HEADER_OFFSET = 6;
  private static final int IPV6_SOURCE_OFFSET = 8;
  private static final int UDP_HEADER_BYTES = 8;
  private static final int TCP_DATA_OFFSET = 12;

  private PcapFile() {}

  /**
   * The IP packets of a capture, in order; frames of other protocols are passed over, and so is a
   * last one that is not complete.
   *
   * @throws LabException if the file is no such capture
   */
  public static List<CapturedPacket> read(Path file) {
    ByteBuffer pcap;
    try {
      pcap = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (pcap.remaining() < 24 || pcap.getInt(0) != MAGIC || pcap.getInt(20) != LINUX_SLL2) {
      throw new LabException(file + " is not a capture with link type LINUX_SLL2");
    }
    pcap.position(24);
    List<CapturedPacket> packets = new ArrayList<>();
    while (pcap.remaining() >= 16) {
      int length = pcap.getInt(pcap.position() + 8);
      pcap.position(pcap.position() + 16);
      if (length > pcap.remaining()) {
        break;
      }
      packet(pcap.slice(pcap.position(), length)).ifPresent(packets::add);
      pcap.position(pcap.position() + length);
    }
    return packets;
  }

  private static Optional<CapturedPacket> packet(ByteBuffer frame) {
    int etherType = Short.toUnsignedInt(frame.getShort(0));
    ByteBuffer ip = frame.slice(SLL2_HEADER_BYTES, frame.limit() - SLL2_HEADER_BYTES);
    return switch (etherType) {
      case ETHERTYPE_IPV4 -> {
        int headerBytes = (ip.get(0) & 0xF) * 4;
        yield Optional.of(transport(ip, IPV4_PROTOCOL_OFFSET, IPV4_SOURCE_OFFSET, 4, headerBytes));
      }
      case ETHERTYPE_IPV6 ->
          Optional.of(
              transport(ip, IPV6_NEXT_HEADER_OFFSET, IPV6_SOURCE_OFFSET, 16, IPV6_HEADER_BYTES));
      default -> Optional.empty();
    };
  }

  private static CapturedPacket transport(
      ByteBuffer ip, int protocolOffset, int sourceOffset, int addressBytes, int headerBytes) {
    int protocol = Byte.toUnsignedInt(ip.get(protocolOffset));
    ByteBuffer segment = ip.slice(headerBytes, ip.limit() - headerBytes);
    int transportHeaderBytes =
        switch (protocol) {
          case CapturedPacket.UDP -> UDP_HEADER_BYTES;
          case CapturedPacket.TCP -> ((segment.get(TCP_DATA_OFFSET) & 0xF0) >> 4) * 4;
          default -> 0;
        };
    boolean hasPorts = transportHeaderBytes > 0;
    return new CapturedPacket(
        address(ip, sourceOffset, addressBytes),
        address(ip, sourceOffset + addressBytes, addressBytes),
        protocol,
        hasPorts ? Short.toUnsignedInt(segment.getShort(0)) : 0,
        hasPorts ? Short.toUnsignedInt(segment.getShort(2)) : 0,
        segment.slice(transportHeaderBytes, segment.limit() - transportHeaderBytes));
  }

  private static InetAddress address(ByteBuffer ip, int offset, int bytes) {
    byte[] address = new byte[bytes];
    ip.get(offset, address);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new LabException("impossible address length", e);
    }
  }
}
