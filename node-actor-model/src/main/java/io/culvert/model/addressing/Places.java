package io.culvert.model.addressing;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Which places of a VPN's address pools were given out, and which rest after their member left. A
 * place is the member's index, and with it an IPv4 and an IPv6 address.
 *
 * <p>Immutable. Places that were never used come first, in ascending order; then the one that has
 * rested longest, and never before {@link #REST} has passed: packets of a former member, still
 * under way or in a peer's cache, must not reach its successor.
 *
 * @param next the lowest place that was never given out, from 1
 * @param resting places that were given back, longest first
 */
public record Places(int next, List<Resting> resting) {
  /** How long a place rests before it is given out again. */
  public static final Duration REST = Duration.ofHours(1);

  /** The greatest index: 20 bits of an SPI. */
  public static final int MAX_INDEX = (1 << 20) - 1;

  /**
   * Addresses at the beginning of a pool that no member gets: the network's own, and one kept for
   * services.
   */
  private static final int RESERVED_FIRST = 1;

  /** Nothing was given out. */
  public static final Places UNTOUCHED = new Places(1, List.of());

  /** Copies the list. */
  public Places {
    resting = List.copyOf(resting);
  }

  /**
   * How many members fit into a VPN with these pools: the smaller one decides. Of each pool the
   * first two addresses and the last one (in IPv4 the broadcast address) are excluded.
   */
  public static int capacity(Prefix ipv4Pool, Prefix ipv6Pool) {
    BigInteger usable =
        ipv4Pool.size().min(ipv6Pool.size()).subtract(BigInteger.valueOf(RESERVED_FIRST + 2L));
    return usable.min(BigInteger.valueOf(MAX_INDEX)).max(BigInteger.ZERO).intValueExact();
  }

  /** The offset in each pool of the member with this index. */
  public static long offset(int index) {
    return RESERVED_FIRST + (long) index;
  }

  /** The place that the next member would get, empty if all are taken or resting. */
  public OptionalInt choose(int capacity, Instant now) {
    if (next <= capacity) {
      return OptionalInt.of(next);
    }
    return resting.stream()
        .filter(place -> !now.isBefore(place.since().plus(REST)))
        .mapToInt(Resting::index)
        .findFirst();
  }

  /** After a place was given out. */
  public Places taken(int index) {
    List<Resting> others = new ArrayList<>(resting);
    others.removeIf(place -> place.index() == index);
    return new Places(Math.max(next, index + 1), others);
  }

  /** After a place was given back. */
  public Places released(int index, Instant at) {
    List<Resting> all = new ArrayList<>(resting);
    all.add(new Resting(index, at));
    return new Places(next, all);
  }

  /** A place that nobody may have yet. */
  public record Resting(int index, Instant since) {}
}
