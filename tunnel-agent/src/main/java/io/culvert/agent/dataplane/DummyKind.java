package io.culvert.agent.dataplane;

/**
 * The first payload byte of our dummy packets, whose payload RFC 4303, section 2.6, leaves free.
 * Receivers that do not know it discard the packet, as that section demands.
 */
final class DummyKind {
  /** The sender wants to know that it is heard: please answer. */
  static final byte PROBE = 1;

  /** An answer, or a keepalive: no answer wanted. */
  static final byte NOTICE = 2;

  /** Bytes of payload. */
  static final int PAYLOAD_BYTES = 1;

  private DummyKind() {}
}
