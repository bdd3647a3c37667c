package io.culvert.agent.esp;

import io.culvert.agent.ip.NetworkOrder;

/**
 * The form of an ESP packet (RFC 4303, section 2), with the lengths of a combined mode (RFC 4106,
 * section 3; RFC 7634). Other transforms have another IV, padding and ICV: see {@link
 * EspTransform}.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |               Security Parameters Index (SPI)                 |
 * +---------------------------------------------------------------+
 * |          Sequence Number (low 32 bits of the ESN)             |
 * +---------------------------------------------------------------+
 * |                 Initialization Vector (64)                    |
 * +---------------------------------------------------------------+ -
 * |                 Inner packet (variable)                       | e
 * +               +-----------------------------------------------+ n
 * |               | Padding 1, 2, 3 (0-3 bytes)                   | c
 * +---------------+---------------+-------------------------------+ r
 * |               |  Pad Length   |          Next Header          | .
 * +---------------------------------------------------------------+ -
 * |             Integrity Check Value (16 octets)                 |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class EspPacket {
  /** Offset of the SPI. */
  public static final int SPI_OFFSET = 0;

  /** Offset of the sequence number. */
  public static final int SEQUENCE_OFFSET = 4;

  /** Offset of the initialization vector. */
  public static final int IV_OFFSET = 8;

  /** Bytes of pad length and next header. */
  public static final int TRAILER_BYTES = 2;

  /** The shortest packet of any transform: no payload, two bytes of padding. */
  public static final int MIN_BYTES = EspTransform.AES_128_GCM_16.sealedBytes(0);

  /** Next header: an IPv4 packet. */
  public static final int IPV4 = 4;

  /** Next header: an IPv6 packet. */
  public static final int IPV6 = 41;

  /** Next header: none, a dummy packet (section 2.6). */
  public static final int NO_NEXT_HEADER = 59;

  private EspPacket() {}

  /** Whether a packet of this length can be one of any transform: all are multiples of 4. */
  public static boolean isPlausible(int lengthBytes) {
    return lengthBytes >= MIN_BYTES && (lengthBytes & 3) == 0;
  }

  /** The SPI of the packet at {@code offset}. */
  public static int spiInt(byte[] bytes, int offset) {
    return NetworkOrder.int32(bytes, offset + SPI_OFFSET);
  }

  /** The low half of its sequence number. */
  public static int sequenceInt(byte[] bytes, int offset) {
    return NetworkOrder.int32(bytes, offset + SEQUENCE_OFFSET);
  }
}
