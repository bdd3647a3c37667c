package io.culvert.agent.masquerade;

import io.culvert.agent.ip.NetworkOrder;

/** What a UDP payload is, by its first bytes. */
public enum DatagramKind {
  /** The single byte 0xFF (RFC 3948, section 2.3). */
  KEEPALIVE,
  /** The non-ESP marker, four zero bytes, then an IKE message (RFC 3948, section 2.2). */
  IKE,
  /** A masquerade header, then what its type says. */
  MASQUERADED,
  /** An ESP packet; the first four bytes are its SPI (RFC 3948, section 2.1). */
  PLAIN_ESP,
  /** Shorter than four bytes and no keepalive. */
  TRUNCATED;

  private static final int RESERVED_SPIS = 256;

  /** Looks at a UDP payload. */
  public static DatagramKind of(byte[] bytes, int offset, int lengthBytes) {
    if (lengthBytes < 4) {
      return lengthBytes == 1 && bytes[offset] == (byte) 0xFF ? KEEPALIVE : TRUNCATED;
    }
    int first = NetworkOrder.int32(bytes, offset);
    if (first == 0) {
      return IKE;
    }
    return Integer.compareUnsigned(first, RESERVED_SPIS) < 0 ? MASQUERADED : PLAIN_ESP;
  }
}
