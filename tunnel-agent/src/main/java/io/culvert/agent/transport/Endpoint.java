package io.culvert.agent.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * An outer IP address and UDP port, in a form that compares without allocation.
 *
 * @param high the upper 64 bits of the IPv6 address, network order; 0 for IPv4
 * @param low the lower 64 bits; for IPv4 the IPv4-mapped form {@code ffff:a.b.c.d} (RFC 4291)
 * @param port 1 to 65535
 */
public record Endpoint(long high, long low, int port) {
  private static final long MAPPED = 0xFFFF_0000_0000L;

  /** Whether the address is an IPv4 address. */
  public boolean isIpv4() {
    return high == 0 && (low >>> 32) == 0xFFFF;
  }

  /**
   * From 4 or 16 address bytes in network order.
   *
   * @throws IllegalArgumentException for another length or a port outside 1 to 65535
   */
  public static Endpoint of(byte[] address, int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port %d is not in 1..65535".formatted(port));
    }
    return switch (address.length) {
      case 4 -> new Endpoint(0, MAPPED | Integer.toUnsignedLong(bigEndianInt(address)), port);
      case 16 -> new Endpoint(bigEndianLong(address, 0), bigEndianLong(address, 8), port);
      default ->
          throw new IllegalArgumentException(
              "an IP address has 4 or 16 bytes, not " + address.length);
    };
  }

  /** From a resolved socket address. */
  public static Endpoint of(InetSocketAddress address) {
    return of(address.getAddress().getAddress(), address.getPort());
  }

  /** The address bytes in network order, 4 or 16. */
  public byte[] addressBytes() {
    byte[] bytes = new byte[isIpv4() ? 4 : 16];
    for (int i = 0; i < bytes.length; i++) {
      int fromEnd = bytes.length - 1 - i;
      bytes[i] = (byte) ((fromEnd < 8 ? low : high) >>> (8 * (fromEnd % 8)));
    }
    return bytes;
  }

  private static int bigEndianInt(byte[] bytes) {
    return (bytes[0] & 0xFF) << 24
        | (bytes[1] & 0xFF) << 16
        | (bytes[2] & 0xFF) << 8
        | (bytes[3] & 0xFF);
  }

  private static long bigEndianLong(byte[] bytes, int offset) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | (bytes[offset + i] & 0xFF);
    }
    return value;
  }

  /** {@code 198.18.1.5:4500} or {@code [2001:db8::5]:4500}. */
  @Override
  public String toString() {
    try {
      String host = InetAddress.getByAddress(addressBytes()).getHostAddress();
      return isIpv4() ? host + ":" + port : "[" + host + "]:" + port;
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
