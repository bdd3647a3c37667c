package io.culvert.agent.capture;

import org.jspecify.annotations.Nullable;

/**
 * What is captured.
 *
 * @param inner packets as the applications' side sees them
 * @param outer datagrams of the outer network
 * @param nodeId of this peer only, {@code organization/name}; null: of all, and what belongs to
 *     none
 * @param oneIn each how many of the selected packets; 1: all
 * @param snapBytes of each packet at most, {@link #MIN_SNAP_BYTES} to {@link #MAX_SNAP_BYTES}
 */
public record CaptureSettings(
    boolean inner, boolean outer, @Nullable String nodeId, int oneIn, int snapBytes) {
  /** The headers of an inner packet fit. */
  public static final int MIN_SNAP_BYTES = 64;

  /** No packet is longer. */
  public static final int MAX_SNAP_BYTES = 65535;

  /** More than any packet of a tunnel's MTU, sealed or not. */
  public static final int DEFAULT_SNAP_BYTES = 2048;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with a sentence for the person who asked
   */
  public CaptureSettings {
    if (!inner && !outer) {
      throw new IllegalArgumentException("inner or outer packets are to be captured, or both");
    }
    if (oneIn < 1) {
      throw new IllegalArgumentException("one in %d packets cannot be captured".formatted(oneIn));
    }
    if (snapBytes < MIN_SNAP_BYTES || snapBytes > MAX_SNAP_BYTES) {
      throw new IllegalArgumentException(
          "%d bytes of each packet are not in %d..%d"
              .formatted(snapBytes, MIN_SNAP_BYTES, MAX_SNAP_BYTES));
    }
  }
}
