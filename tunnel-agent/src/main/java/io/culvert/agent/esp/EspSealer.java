package io.culvert.agent.esp;

import io.culvert.agent.ip.NetworkOrder;

/** Makes ESP packets in tunnel mode. Owned by the outbound worker. */
public final class EspSealer {
  /**
   * Room that must be behind the payload in its array: the trailer, at most 15 bytes of padding and
   * two more, is written there for a while.
   */
  public static final int TRAILER_ROOM_BYTES = 3 * Long.BYTES;

  private final AssociatedData associatedData = new AssociatedData();

  /**
   * Seals a payload. The bytes behind it are changed during the call and restored before it
   * returns.
   *
   * @param form the lengths of {@code transform}
   * @param masqueradeWord authenticated with the packet; 0 for plain ESP. It is not written.
   * @param sequence the extended sequence number, of which the IV is made; never the same twice for
   *     one key
   * @param in has {@link #TRAILER_ROOM_BYTES} behind the payload
   * @param out another array than {@code in}
   * @return bytes written at {@code outOffset}: {@link EspTransform#sealedBytes}
   */
  public int seal(
      EspTransform form,
      AeadTransform transform,
      int masqueradeWord,
      int spiInt,
      long sequence,
      int nextHeader,
      byte[] in,
      int inOffset,
      int payloadBytes,
      byte[] out,
      int outOffset) {
    NetworkOrder.putInt32(out, outOffset + EspPacket.SPI_OFFSET, spiInt);
    NetworkOrder.putInt32(out, outOffset + EspPacket.SEQUENCE_OFFSET, (int) sequence);
    NetworkOrder.putInt64(out, outOffset + EspPacket.IV_OFFSET, sequence);
    int aadBytes = associatedData.set(masqueradeWord, spiInt, sequence);

    int behind = inOffset + payloadBytes;
    long saved = NetworkOrder.int64(in, behind);
    long savedNext = NetworkOrder.int64(in, behind + 8);
    long savedLast = NetworkOrder.int64(in, behind + 16);
    int padding = form.paddingBytes(payloadBytes);
    writeTrailer(in, behind, padding, nextHeader);
    int plaintextBytes = payloadBytes + padding + EspPacket.TRAILER_BYTES;
    int ciphertextOffset = form.ciphertextOffset();
    transform.seal(
        sequence,
        associatedData.bytes,
        aadBytes,
        in,
        inOffset,
        plaintextBytes,
        out,
        outOffset + ciphertextOffset);
    NetworkOrder.putInt64(in, behind, saved);
    NetworkOrder.putInt64(in, behind + 8, savedNext);
    NetworkOrder.putInt64(in, behind + 16, savedLast);
    return ciphertextOffset + plaintextBytes + form.icvBytes();
  }

  private static void writeTrailer(byte[] in, int behind, int padding, int nextHeader) {
    for (int i = 1; i <= padding; i++) {
      in[behind + i - 1] = (byte) i;
    }
    in[behind + padding] = (byte) padding;
    in[behind + padding + 1] = (byte) nextHeader;
  }
}
