package io.culvert.agent.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteOrder;

/**
 * A native {@code sockaddr_in} or {@code sockaddr_in6}, reused. One thread.
 *
 * <pre>
 *   sockaddr_in                          sockaddr_in6
 *    0  family (host order)               0  family (host order)
 *    2  port (network order)              2  port (network order)
 *    4  address, 4 bytes                  4  flow information
 *    8  zero, 8 bytes                     8  address, 16 bytes
 *                                        24  scope (host order)
 * </pre>
 */
public final class SocketAddress {
  /** Room for either form. */
  public static final int MAX_BYTES = 28;

  private static final int IN_BYTES = 16;
  private static final int PORT = 2;
  private static final int IN_ADDRESS = 4;
  private static final int IN6_ADDRESS = 8;
  private static final ValueLayout.OfShort PORT_LAYOUT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT_LAYOUT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG_LAYOUT =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final long MAPPED = 0xFFFF_0000_0000L;

  private final MemorySegment segment = Arena.ofAuto().allocate(MAX_BYTES, 8);
  private final boolean ipv6;

  /** An all-zero address of the family: any address, any port. */
  public SocketAddress(boolean ipv6) {
    this.ipv6 = ipv6;
    segment.set(JAVA_SHORT, 0, (short) (ipv6 ? Sockets.AF_INET6 : Sockets.AF_INET));
  }

  /** An address and a port of 0, for sockets that know none. */
  public static SocketAddress of(InetAddress address) {
    byte[] bytes = address.getAddress();
    var made = new SocketAddress(bytes.length == 16);
    MemorySegment.copy(
        bytes,
        0,
        made.segment,
        ValueLayout.JAVA_BYTE,
        made.ipv6 ? IN6_ADDRESS : IN_ADDRESS,
        bytes.length);
    return made;
  }

  /**
   * Sets address and port. An IPv4 address is IPv4-mapped (RFC 4291, section 2.5.5.2), which an
   * IPv6 socket takes as it is.
   */
  public void set(long high, long low, int port) {
    segment.set(PORT_LAYOUT, PORT, (short) port);
    if (ipv6) {
      segment.set(LONG_LAYOUT, IN6_ADDRESS, high);
      segment.set(LONG_LAYOUT, IN6_ADDRESS + 8, low);
    } else {
      segment.set(INT_LAYOUT, IN_ADDRESS, (int) low);
    }
  }

  /** Upper 64 bits of the address; 0 for IPv4. */
  public long high() {
    return ipv6 ? segment.get(LONG_LAYOUT, IN6_ADDRESS) : 0;
  }

  /** Lower 64 bits of the address; IPv4-mapped for IPv4. */
  public long low() {
    return ipv6
        ? segment.get(LONG_LAYOUT, IN6_ADDRESS + 8)
        : MAPPED | Integer.toUnsignedLong(segment.get(INT_LAYOUT, IN_ADDRESS));
  }

  /** The port in host order. */
  public int port() {
    return Short.toUnsignedInt(segment.get(PORT_LAYOUT, PORT));
  }

  /** The native form. */
  public MemorySegment segment() {
    return segment;
  }

  /** Its length in bytes. */
  public int lengthBytes() {
    return ipv6 ? MAX_BYTES : IN_BYTES;
  }
}
