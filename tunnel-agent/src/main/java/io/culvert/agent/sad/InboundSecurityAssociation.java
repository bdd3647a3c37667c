package io.culvert.agent.sad;

import io.culvert.agent.esp.AeadTransform;
import io.culvert.agent.esp.AntiReplayWindow;

/** One direction of a pair, for the packets received. Owned by the inbound worker. */
public final class InboundSecurityAssociation {
  private final int spiInt;
  private final AeadTransform transform;
  private final AntiReplayWindow window;

  /**
   * An association.
   *
   * @param highestSequence numbers up to this one count as seen; 0 for a new key
   */
  public InboundSecurityAssociation(int spiInt, AeadTransform transform, long highestSequence) {
    this.spiInt = spiInt;
    this.transform = transform;
    window = new AntiReplayWindow(highestSequence);
  }

  /** SPI at this node. */
  public int spiInt() {
    return spiInt;
  }

  /** The transform; only the owner uses it. */
  public AeadTransform transform() {
    return transform;
  }

  /** The window; only the owner uses it. */
  public AntiReplayWindow window() {
    return window;
  }
}
