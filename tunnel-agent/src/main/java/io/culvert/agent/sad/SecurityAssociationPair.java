package io.culvert.agent.sad;

import io.culvert.agent.esp.EspTransform;

/**
 * Both directions under one identity, from the moment its keys come until they are destroyed. The
 * two workers tell each other here what one needs to know of the other.
 */
public final class SecurityAssociationPair {
  private final String identity;
  private final EspTransform transform;
  private final OutboundSecurityAssociation outbound;
  private final InboundSecurityAssociation inbound;
  private volatile boolean proven;
  private volatile boolean retired;

  SecurityAssociationPair(
      String identity,
      EspTransform transform,
      OutboundSecurityAssociation outbound,
      InboundSecurityAssociation inbound) {
    this.identity = identity;
    this.transform = transform;
    this.outbound = outbound;
    this.inbound = inbound;
  }

  /** What the keys were derived from, 32 bytes in hexadecimal. */
  public String identity() {
    return identity;
  }

  /** The transform of both directions. */
  public EspTransform transform() {
    return transform;
  }

  /** For the outbound worker. */
  public OutboundSecurityAssociation outbound() {
    return outbound;
  }

  /** For the inbound worker. */
  public InboundSecurityAssociation inbound() {
    return inbound;
  }

  /** Whether a packet has been authenticated with it, so that the peer has the keys too. */
  public boolean isProven() {
    return proven;
  }

  /** The inbound worker has authenticated a packet. */
  public void prove() {
    proven = true;
  }

  /** Whether its grace is over: nothing is sent or accepted with it any more. */
  public boolean isRetired() {
    return retired;
  }

  /** The outbound worker says that its grace is over. */
  public void retire() {
    retired = true;
  }
}
