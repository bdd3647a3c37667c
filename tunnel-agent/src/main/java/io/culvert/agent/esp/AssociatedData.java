package io.culvert.agent.esp;

import io.culvert.agent.ip.NetworkOrder;

/**
 * The associated data of a packet: SPI, then the 64-bit extended sequence number (RFC 4106, section
 * 5); in front of both the masquerade header, when there is one. A transform that is no combined
 * mode takes the same bytes in the order of RFC 4303, section 2.2.1. Reused.
 */
final class AssociatedData {
  private static final int PLAIN_BYTES = 12;

  final byte[] bytes = new byte[PLAIN_BYTES + 4];

  /**
   * Puts them together.
   *
   * @param masqueradeWord 0 for none
   * @return how many bytes are valid
   */
  int set(int masqueradeWord, int spiInt, long sequence) {
    int at = 0;
    if (masqueradeWord != 0) {
      NetworkOrder.putInt32(bytes, 0, masqueradeWord);
      at = 4;
    }
    NetworkOrder.putInt32(bytes, at, spiInt);
    NetworkOrder.putInt64(bytes, at + 4, sequence);
    return at + PLAIN_BYTES;
  }
}
