package io.culvert.agent.spd;

import io.culvert.agent.ip.IpPacket;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Selects the peer of an outbound packet by the pair of its inner addresses, with open addressing:
 * constant time, no allocation. The source is part of the key, so that a node in two VPNs sends
 * from its address in the right one, and nothing with a source that is not its own.
 *
 * <p>Immutable once published.
 */
public final class SecurityPolicyDatabase<P> {
  private static final int WORDS = 4;

  private final long[] keys;
  private final @Nullable Object[] peers;
  private final int mask;

  /** Makes room for {@code capacity} pairs of addresses, at most half full. */
  public SecurityPolicyDatabase(int capacity) {
    int slots = Integer.highestOneBit(Math.max(2, capacity)) << 2;
    keys = new long[slots * WORDS];
    peers = new Object[slots];
    mask = slots - 1;
  }

  /**
   * Protects what goes from one of the local to one of the remote addresses; a pair that an earlier
   * policy names stays with that. Only before the database is published.
   */
  public void protect(List<InetAddress> local, List<InetAddress> remote, P peer) {
    for (InetAddress source : local) {
      for (InetAddress destination : remote) {
        put(InnerAddress.of(source), InnerAddress.of(destination), peer);
      }
    }
  }

  private void put(InnerAddress source, InnerAddress destination, P peer) {
    int slot = slotOf(source.high(), source.low(), destination.high(), destination.low());
    if (peers[slot] == null) {
      keys[slot * WORDS] = source.high();
      keys[slot * WORDS + 1] = source.low();
      keys[slot * WORDS + 2] = destination.high();
      keys[slot * WORDS + 3] = destination.low();
      peers[slot] = peer;
    }
  }

  /** The peer that this packet is protected for; null: discard it. */
  @SuppressWarnings("unchecked") // protect has the type
  public @Nullable P select(IpPacket packet) {
    int slot =
        slotOf(
            packet.sourceHigh(),
            packet.sourceLow(),
            packet.destinationHigh(),
            packet.destinationLow());
    return (P) peers[slot];
  }

  private int slotOf(long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
    int slot = hash(sourceHigh, sourceLow, destinationHigh, destinationLow) & mask;
    while (peers[slot] != null
        && !(keys[slot * WORDS + 3] == destinationLow
            && keys[slot * WORDS + 1] == sourceLow
            && keys[slot * WORDS + 2] == destinationHigh
            && keys[slot * WORDS] == sourceHigh)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static int hash(long a, long b, long c, long d) {
    long mixed = (a * 31 + b) * 0x9E3779B97F4A7C15L + (c * 31 + d) * 0xC2B2AE3D27D4EB4FL;
    mixed ^= mixed >>> 32;
    return (int) ((mixed * 0xD6E8FEB86659FD93L) >>> 32);
  }
}
