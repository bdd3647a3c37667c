package io.culvert.agent.esp;

import io.culvert.agent.ip.NetworkOrder;

/**
 * Opens ESP packets: verifies and decrypts, then takes the trailer off. Reused; the results are
 * valid until the next call. Owned by the inbound worker.
 */
public final class EspOpener {
  private final AssociatedData associatedData = new AssociatedData();
  private int payloadBytes;
  private int nextHeader;

  /**
   * Verifies and decrypts a packet of plausible length.
   *
   * @param form the lengths of {@code transform}
   * @param masqueradeWord what stood in front of it; 0 for plain ESP
   * @param sequence the recovered extended sequence number
   * @param out another array than {@code in}, with room for the packet
   * @return false if it is not authentic; nothing of it may then be used
   */
  public boolean open(
      EspTransform form,
      AeadTransform transform,
      int masqueradeWord,
      long sequence,
      byte[] in,
      int inOffset,
      int lengthBytes,
      byte[] out,
      int outOffset) {
    int aadBytes = associatedData.set(masqueradeWord, EspPacket.spiInt(in, inOffset), sequence);
    int ciphertextOffset = form.ciphertextOffset();
    int plaintextBytes = lengthBytes - ciphertextOffset - form.icvBytes();
    payloadBytes = plaintextBytes;
    return transform.open(
        NetworkOrder.int64(in, inOffset + EspPacket.IV_OFFSET),
        associatedData.bytes,
        aadBytes,
        in,
        inOffset + ciphertextOffset,
        plaintextBytes,
        out,
        outOffset);
  }

  /**
   * Takes the trailer off an opened packet and checks its padding (RFC 4303, section 2.4).
   *
   * @return false if the padding is wrong
   */
  public boolean removeTrailer(byte[] out, int outOffset) {
    int trailer = outOffset + payloadBytes - EspPacket.TRAILER_BYTES;
    int padding = NetworkOrder.uint8(out, trailer);
    nextHeader = NetworkOrder.uint8(out, trailer + 1);
    payloadBytes -= EspPacket.TRAILER_BYTES + padding;
    if (payloadBytes < 0) {
      return false;
    }
    for (int i = 1; i <= padding; i++) {
      if (NetworkOrder.uint8(out, outOffset + payloadBytes + i - 1) != i) {
        return false;
      }
    }
    return true;
  }

  /** Bytes of the payload, after {@link #removeTrailer}. */
  public int payloadBytes() {
    return payloadBytes;
  }

  /** The next header, after {@link #removeTrailer}. */
  public int nextHeader() {
    return nextHeader;
  }
}
