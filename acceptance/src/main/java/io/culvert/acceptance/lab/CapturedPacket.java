package io.culvert.acceptance.lab;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * One IP packet of a capture.
 *
 * @param source address
 * @param destination address
 * @param protocol the IP protocol number: 6 TCP, 17 UDP
 * @param sourcePort of TCP and UDP, else 0
 * @param destinationPort of TCP and UDP, else 0
 * @param payload what TCP or UDP carried; for other protocols everything behind the IP header; from
 *     position 0 to its limit, network order
 */
public record CapturedPacket(
    InetAddress source,
    InetAddress destination,
    int protocol,
    int sourcePort,
    int destinationPort,
    ByteBuffer payload) {
  /** ICMP's protocol number. */
  public static final int ICMP = 1;

  /** ICMPv6's protocol number. */
  public static final int ICMPV6 = 58;

  /** TCP's protocol number. */
  public static final int TCP = 6;

  /** UDP's protocol number. */
  public static final int UDP = 17;

  /** Whether the payload holds {@code text}. */
  public boolean contains(ByteBuffer text) {
    for (int at = 0; at + text.limit() <= payload.limit(); at++) {
      if (payload.slice(at, text.limit()).mismatch(text) < 0) {
        return true;
      }
    }
    return false;
  }

  /** The first four bytes of the payload as an unsigned number, -1 if there are fewer. */
  public long firstWord() {
    return payload.limit() < Integer.BYTES ? -1 : Integer.toUnsignedLong(payload.getInt(0));
  }

  /** For messages. */
  @Override
  public String toString() {
    return "%s:%d > %s:%d protocol %d, %d bytes"
        .formatted(
            source.getHostAddress(),
            sourcePort,
            destination.getHostAddress(),
            destinationPort,
            protocol,
            payload.limit());
  }
}
