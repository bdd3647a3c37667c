package io.culvert.server.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where a logon comes from, as it is counted: an IPv4 address, or the /64 network of an IPv6
 * address, in which one subscriber has as many addresses as it likes.
 *
 * @param network its text
 */
public record Origin(String network) {
  private static final Origin UNKNOWN = new Origin("unknown");
  private static final int IPV6_BYTES = 16;
  private static final int COUNTED_BYTES = 8;

  /**
   * Of an address as text.
   *
   * @param address IPv4 or IPv6, in brackets or not
   */
  public static Origin ofText(String address) {
    try {
      return of(InetAddress.ofLiteral(address.replaceAll("[\\[\\]]", "")).getAddress());
    } catch (IllegalArgumentException noAddress) {
      return UNKNOWN;
    }
  }

  /**
   * Of an address.
   *
   * @param address 4 or 16 bytes, network order; anything else, as of a connection without an
   *     address, is one origin
   */
  public static Origin of(byte[] address) {
    byte[] counted = address.clone();
    if (counted.length == IPV6_BYTES) {
      Arrays.fill(counted, COUNTED_BYTES, IPV6_BYTES, (byte) 0);
    }
    try {
      return new Origin(InetAddress.getByAddress(counted).getHostAddress());
    } catch (UnknownHostException noAddress) {
      return UNKNOWN;
    }
  }
}
