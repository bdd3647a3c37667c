package io.culvert.agent.testnet;

/**
 * What a path does to datagrams. Shares are in 1/1000; delays are in steps, and one step is one
 * later datagram of the same path or one {@link PacketRouter#advance}.
 *
 * @param lossPerMille share of datagrams that never arrive
 * @param duplicatePerMille share that arrives twice
 * @param reorderPerMille share that is held back by 1 to {@code reorderSteps} steps
 * @param reorderSteps how far a datagram may fall behind
 * @param delaySteps by how many steps every datagram is held back
 */
public record Weather(
    int lossPerMille,
    int duplicatePerMille,
    int reorderPerMille,
    int reorderSteps,
    int delaySteps) {
  /** Everything arrives once, at once and in order. */
  public static final Weather FAIR = new Weather(0, 0, 0, 0, 0);

  /** A bad mobile link: 5 % loss, 5 % duplicates, 20 % up to 16 places late. */
  public static final Weather FOUL = new Weather(50, 50, 200, 16, 0);

  /** Nothing arrives. */
  public static final Weather PARTITION = new Weather(1000, 0, 0, 0, 0);
}
