package io.culvert.agent.capture;

import io.culvert.agent.ip.InternetChecksum;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.transport.Endpoint;

/**
 * The IP and UDP headers of a datagram whose real ones the kernel has made or taken away:
 * addresses, ports, lengths and checksums are right; hop limit, identification and traffic class
 * are made up.
 *
 * <p>Owned by the writing thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc768">RFC 768</a>
 */
final class OuterHeader {
  static final int MAX_BYTES = 48;

  private static final int IPV4_BYTES = 20;
  private static final int IPV6_BYTES = 40;
  private static final int UDP_BYTES = 8;
  private static final int UDP = 17;
  private static final int HOP_LIMIT = 64;
  private static final int DONT_FRAGMENT = 0x4000;

  private final byte[] bytes = new byte[MAX_BYTES];

  /** The headers; valid up to what {@link #write} returned. */
  byte[] bytes() {
    return bytes;
  }

  /**
   * Writes the headers.
   *
   * @param payload of which {@code capturedBytes} of {@code originalBytes} are there; if they are
   *     not all there, the UDP checksum is left out
   * @return their length
   */
  int write(
      Endpoint source,
      Endpoint destination,
      byte[] payload,
      int offset,
      int capturedBytes,
      int originalBytes) {
    int udpBytes = UDP_BYTES + originalBytes;
    int ipBytes =
        source.isIpv4() ? ipv4(source, destination, udpBytes) : ipv6(source, destination, udpBytes);
    NetworkOrder.putInt16(bytes, ipBytes, source.port());
    NetworkOrder.putInt16(bytes, ipBytes + 2, destination.port());
    NetworkOrder.putInt16(bytes, ipBytes + 4, udpBytes);
    NetworkOrder.putInt16(bytes, ipBytes + 6, 0);
    if (capturedBytes == originalBytes) {
      int addresses = source.isIpv4() ? 12 : 8;
      long sum =
          InternetChecksum.sum(bytes, addresses, ipBytes - addresses)
              + UDP
              + udpBytes
              + InternetChecksum.sum(bytes, ipBytes, UDP_BYTES)
              + InternetChecksum.sum(payload, offset, capturedBytes);
      int checksum = InternetChecksum.finish(sum);
      NetworkOrder.putInt16(bytes, ipBytes + 6, checksum == 0 ? 0xFFFF : checksum);
    }
    return ipBytes + UDP_BYTES;
  }

  private int ipv4(Endpoint source, Endpoint destination, int udpBytes) {
    NetworkOrder.putInt32(bytes, 0, 0x4500_0000 | (IPV4_BYTES + udpBytes));
    NetworkOrder.putInt32(bytes, 4, DONT_FRAGMENT);
    NetworkOrder.putInt32(bytes, 8, HOP_LIMIT << 24 | UDP << 16);
    NetworkOrder.putInt32(bytes, 12, (int) source.low());
    NetworkOrder.putInt32(bytes, 16, (int) destination.low());
    NetworkOrder.putInt16(
        bytes, 10, InternetChecksum.finish(InternetChecksum.sum(bytes, 0, IPV4_BYTES)));
    return IPV4_BYTES;
  }

  private int ipv6(Endpoint source, Endpoint destination, int udpBytes) {
    NetworkOrder.putInt32(bytes, 0, 0x6000_0000);
    NetworkOrder.putInt32(bytes, 4, udpBytes << 16 | UDP << 8 | HOP_LIMIT);
    NetworkOrder.putInt64(bytes, 8, source.high());
    NetworkOrder.putInt64(bytes, 16, source.low());
    NetworkOrder.putInt64(bytes, 24, destination.high());
    NetworkOrder.putInt64(bytes, 32, destination.low());
    return IPV6_BYTES;
  }
}
