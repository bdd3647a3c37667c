package io.culvert.agent.dataplane;

/** Why a packet was not carried. Each reason has one counter; none ever throws. */
public enum DropReason {
  /** Outbound: the frame from the TUN device is no well-formed IP packet. */
  MALFORMED_OUTBOUND,
  /** Outbound: the destination is multicast or broadcast, which no peer selects. */
  NOT_UNICAST,
  /** Outbound: no policy selects this pair of inner addresses. */
  NO_POLICY,
  /** Outbound: the peer is known, but it is offline or its keys have not come. */
  NO_SECURITY_ASSOCIATION,
  /** Outbound: it is not known yet where the peer can be reached. */
  NO_ENDPOINT,
  /** Outbound: the association reached its hard limit and waits for new keys. */
  SA_EXHAUSTED,
  /** Outbound: the kernel did not take the batch. */
  SEND_FAILED,
  /** Inbound: too short for what its first bytes say it is. */
  TRUNCATED,
  /** Inbound: a length that is not a multiple of 4, or a reserved or unknown masquerade form. */
  MALFORMED_OUTER,
  /** Inbound: an IKE message (non-ESP marker), which nobody here handles yet. */
  IKE_NOT_HANDLED,
  /** Inbound: no association has this SPI. */
  UNKNOWN_SPI,
  /** Inbound: seen before, or older than the anti-replay window. */
  REPLAYED,
  /** Inbound: the integrity check value is wrong. */
  AUTHENTICATION_FAILED,
  /** Inbound: authenticated, but its padding is not 1, 2, 3 and so on (RFC 4303, section 2.4). */
  BAD_PADDING,
  /** Inbound: authenticated, but its next header is not IPv4, IPv6 or "no next header". */
  UNEXPECTED_NEXT_HEADER,
  /** Inbound: authenticated, but the inner packet is malformed. */
  MALFORMED_INNER,
  /** Inbound: authenticated, but the inner addresses are not those of this peer and this node. */
  SELECTOR_MISMATCH,
  /** Inbound: the kernel did not take the frame. */
  TUN_WRITE_FAILED
}
