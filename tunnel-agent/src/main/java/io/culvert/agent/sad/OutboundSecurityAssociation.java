package io.culvert.agent.sad;

import io.culvert.agent.esp.AeadTransform;
import io.culvert.agent.esp.EspTransform;

/** One direction of a pair, for the packets sent. Owned by the outbound worker. */
public final class OutboundSecurityAssociation {
  private final int spiInt;
  private final EspTransform form;
  private final AeadTransform transform;
  private final SaLimits limits;
  private final SingleWriterCounter lastSequence = new SingleWriterCounter();
  private final SingleWriterCounter payloadBytes = new SingleWriterCounter();

  /**
   * An association that continues behind {@code lastSequence}.
   *
   * @param form the lengths of {@code transform}
   * @param lastSequence the newest number used with this key; 0 for a new key
   * @param payloadBytes bytes already sealed with this key
   */
  public OutboundSecurityAssociation(
      int spiInt,
      EspTransform form,
      AeadTransform transform,
      SaLimits limits,
      long lastSequence,
      long payloadBytes) {
    this.spiInt = spiInt;
    this.form = form;
    this.transform = transform;
    this.limits = limits;
    this.lastSequence.set(lastSequence);
    this.payloadBytes.set(payloadBytes);
  }

  /** SPI at the peer. */
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

  /**
   * The next sequence number, which is then used up.
   *
   * @param packetBytes payload of the packet
   * @return 0 if a hard limit is reached
   */
  public long acquireSequence(int packetBytes) {
    long sequence = lastSequence.get() + 1;
    long bytes = payloadBytes.get() + packetBytes;
    if (sequence > limits.hardPackets() || bytes > limits.hardBytes()) {
      return 0;
    }
    lastSequence.set(sequence);
    payloadBytes.set(bytes);
    return sequence;
  }

  /** Whether new keys are wanted. Any thread. */
  public boolean isPastSoftLimit() {
    return lastSequence.get() >= limits.softPackets() || payloadBytes.get() >= limits.softBytes();
  }

  /** The newest number used. Any thread. */
  public long lastSequence() {
    return lastSequence.get();
  }

  /** Bytes sealed with this key. Any thread. */
  public long payloadBytes() {
    return payloadBytes.get();
  }
}
