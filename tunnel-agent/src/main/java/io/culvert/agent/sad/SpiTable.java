package io.culvert.agent.sad;

import org.jspecify.annotations.Nullable;

/**
 * An immutable table from SPI to whatever an inbound packet needs, with open addressing: one or two
 * probes and no allocation. Published by the control thread, read by the inbound worker.
 */
public final class SpiTable<V> {
  private static final int HASH = 0x9E3779B9;

  private final int[] spis;
  private final @Nullable Object[] values;
  private final int shift;

  /** Makes room for {@code capacity} entries, at most half full. */
  public SpiTable(int capacity) {
    int bits = Math.max(2, 33 - Integer.numberOfLeadingZeros(Math.max(1, capacity)));
    spis = new int[1 << bits];
    values = new Object[1 << bits];
    shift = 32 - bits;
  }

  /** Adds or replaces an entry; only before the table is published. */
  public void put(int spiInt, V value) {
    int slot = slotOf(spiInt);
    spis[slot] = spiInt;
    values[slot] = value;
  }

  /** What was put for this SPI, or null. */
  @SuppressWarnings("unchecked") // put has the type
  public @Nullable V get(int spiInt) {
    return (V) values[slotOf(spiInt)];
  }

  private int slotOf(int spiInt) {
    int slot = (spiInt * HASH) >>> shift;
    while (values[slot] != null && spis[slot] != spiInt) {
      slot = (slot + 1) & (spis.length - 1);
    }
    return slot;
  }
}
