package io.culvert.agent.spd;

import io.culvert.agent.ip.NetworkOrder;
import java.net.InetAddress;

/**
 * An inner address as two longs, IPv4 in its IPv4-mapped form, as {@code IpPacket} gives it.
 *
 * @param high upper 64 bits
 * @param low lower 64 bits
 */
record InnerAddress(long high, long low) {
  private static final long MAPPED = 0xFFFF_0000_0000L;

  static InnerAddress of(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4
        ? new InnerAddress(0, MAPPED | NetworkOrder.uint32(bytes, 0))
        : new InnerAddress(NetworkOrder.int64(bytes, 0), NetworkOrder.int64(bytes, 8));
  }
}
