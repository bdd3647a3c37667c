package io.culvert.agent.ip;

/** The checksum of TCP and UDP, which a kernel with offload leaves for others to finish. */
public final class TransportChecksum {
  private TransportChecksum() {}

  /**
   * Where the checksum lies in the transport header of this packet.
   *
   * @return its offset there; -1 if the packet is a fragment, has another protocol, or is too short
   */
  public static int fieldOffset(IpPacket packet) {
    int upperLayerBytes = packet.lengthBytes() - packet.headerBytes();
    if (packet.isFragment()) {
      return -1;
    }
    return switch (packet.protocol()) {
      case IpPacket.TCP -> upperLayerBytes >= TcpHeader.MIN_BYTES ? TcpHeader.CHECKSUM_OFFSET : -1;
      case IpPacket.UDP -> upperLayerBytes >= UdpHeader.BYTES ? UdpHeader.CHECKSUM_OFFSET : -1;
      default -> -1;
    };
  }

  /**
   * Makes the checksum partial: the folded sum of the pseudo-header, not complemented, as {@code
   * VIRTIO_NET_HDR_F_NEEDS_CSUM} wants it.
   */
  public static void writePartial(IpPacket packet, int fieldOffset) {
    int upperLayerBytes = packet.lengthBytes() - packet.headerBytes();
    NetworkOrder.putInt16(
        packet.bytes(),
        packet.offset() + packet.headerBytes() + fieldOffset,
        InternetChecksum.fold(packet.pseudoHeaderSum(upperLayerBytes)));
  }

  /**
   * Finishes a partial checksum: sums {@code lengthBytes} from {@code start}, where the field holds
   * the pseudo-header's share already. A zero is written as 0xFFFF, which means the same to TCP and
   * is what UDP demands (RFC 768).
   */
  public static void complete(byte[] bytes, int start, int lengthBytes, int fieldOffset) {
    int checksum = InternetChecksum.finish(InternetChecksum.sum(bytes, start, lengthBytes));
    NetworkOrder.putInt16(bytes, start + fieldOffset, checksum == 0 ? 0xFFFF : checksum);
  }
}
