package io.culvert.model.addressing;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IPv4 or IPv6 prefix in CIDR notation (RFC 4632, RFC 4291).
 *
 * @param network its first address, host bits zero
 * @param length in bits
 */
public record Prefix(InetAddress network, int length) {
  /** Validates. */
  public Prefix {
    int width = network.getAddress().length * Byte.SIZE;
    if (length < 0 || length > width) {
      throw new IllegalArgumentException(
          "prefix length %d is not in 0..%d".formatted(length, width));
    }
    if (bits(network).getLowestSetBit() != -1 && bits(network).getLowestSetBit() < width - length) {
      throw new IllegalArgumentException(
          "%s/%d has bits behind its prefix length".formatted(network.getHostAddress(), length));
    }
  }

  /**
   * Parses {@code 100.64.0.0/16} or {@code fd00::/64}.
   *
   * @throws IllegalArgumentException with a sentence that says what is wrong
   */
  public static Prefix parse(String cidr) {
    int slash = cidr.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "'%s' is not a prefix: write address/length, for example 100.64.0.0/16".formatted(cidr));
    }
    InetAddress network;
    int length;
    try {
      network = InetAddress.ofLiteral(cidr.substring(0, slash));
      length = Integer.parseInt(cidr.substring(slash + 1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'%s' is not a prefix: %s".formatted(cidr, e.getMessage()), e);
    }
    return new Prefix(network, length);
  }

  /**
   * Parses an IPv4 pool.
   *
   * @throws IllegalArgumentException unless it is an IPv4 prefix of length 8 to 30
   */
  public static Prefix parseIpv4Pool(String cidr) {
    return requirePool(parse(cidr), cidr, Inet4Address.class, 8, 30);
  }

  /**
   * Parses an IPv6 pool.
   *
   * @throws IllegalArgumentException unless it is an IPv6 prefix of length 48 to 112
   */
  public static Prefix parseIpv6Pool(String cidr) {
    return requirePool(parse(cidr), cidr, Inet6Address.class, 48, 112);
  }

  private static Prefix requirePool(
      Prefix prefix, String cidr, Class<? extends InetAddress> family, int shortest, int longest) {
    if (!family.isInstance(prefix.network) || prefix.length < shortest || prefix.length > longest) {
      throw new IllegalArgumentException(
          "'%s' is not a pool: use an %s prefix of length %d to %d"
              .formatted(cidr, family == Inet4Address.class ? "IPv4" : "IPv6", shortest, longest));
    }
    return prefix;
  }

  /** Whether the two have an address in common. Prefixes of different families have none. */
  public boolean overlaps(Prefix other) {
    if (network.getClass() != other.network.getClass()) {
      return false;
    }
    int shift = network.getAddress().length * Byte.SIZE - Math.min(length, other.length);
    return bits(network).shiftRight(shift).equals(bits(other.network).shiftRight(shift));
  }

  /** Number of addresses. */
  public BigInteger size() {
    return BigInteger.ONE.shiftLeft(network.getAddress().length * Byte.SIZE - length);
  }

  /**
   * The address at an offset from the first one.
   *
   * @throws IndexOutOfBoundsException outside the prefix
   */
  public InetAddress address(long offset) {
    if (offset < 0 || BigInteger.valueOf(offset).compareTo(size()) >= 0) {
      throw new IndexOutOfBoundsException("%d is outside %s".formatted(offset, this));
    }
    byte[] bytes = network.getAddress();
    long rest = offset;
    for (int i = bytes.length - 1; i >= 0 && rest != 0; i--) {
      bytes[i] |= (byte) rest;
      rest >>>= Byte.SIZE;
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static BigInteger bits(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }

  /** CIDR notation. */
  @Override
  public String toString() {
    return network.getHostAddress() + "/" + length;
  }
}
