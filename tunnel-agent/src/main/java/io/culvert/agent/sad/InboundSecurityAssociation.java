package io.culvert.agent.sad;

import io.culvert.agent.esp.AeadTransform;
import io.culvert.agent.esp.AntiReplayWindow;
import io.culvert.agent.esp.EspTransform;

/** One direction of a pair, for the packets received. Owned by the inbound worker. */
public final class InboundSecurityAssociation {
  private final int spiInt;
  private final EspTransform form;
  private final AeadTransform transform;
  private final AntiReplayWindow window;

  /**
   * An association.
   *
   * @param form the lengths of {@code transform}
   * @param highestSequence numbers up to this one count as seen; 0 for a new key
   */
  public InboundSecurityAssociation(
      int spiInt, EspTransform form, AeadTransform transform, long highestSequence) {
    this.spiInt = spiInt;
    this.form = form;
    this.transform = transform;
    window = new AntiReplayWindow(highestSequence);
  }

  /** SPI at this node. */
  public int spiInt() {
    return spiInt;
  }

  /** The lengths of its packets. */
  public EspTransform form() {
    return form;
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
