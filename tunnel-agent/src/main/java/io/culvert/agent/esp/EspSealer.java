package io.culvert.agent.esp;

import io.culvert.agent.ip.NetworkOrder;

/** Makes ESP packets in tunnel mode. Owned by the outbound worker. */
public final class EspSealer {
  /**
   * Room that must be behind the payload in its array: the trailer is written there for a while.
   */
  public static final int TRAILER_ROOM_BYTES = Long.BYTES;

  private final AssociatedData associatedData = new AssociatedData();

  /**
   * Seals a payload. The bytes behind it are changed during the call and restored before it
   * returns.
   *
   * @param masqueradeWord authenticated with the packet; 0 for plain ESP. It is not written.
   * @param sequence the extended sequence number, also the IV; never the same twice for one key
   * @param in has {@link #TRAILER_ROOM_BYTES} behind the payload
   * @param out another array than {@code in}
   * @return bytes written at {@code outOffset}: {@link EspPacket#sealedBytes}
   */
  public int seal(
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
    int plaintextBytes = payloadBytes + writeTrailer(in, behind, payloadBytes, nextHeader);
    transform.seal(
        sequence,
        associatedData.bytes,
        aadBytes,
        in,
        inOffset,
        plaintextBytes,
        out,
        outOffset + EspPacket.CIPHERTEXT_OFFSET);
    NetworkOrder.putInt64(in, behind, saved);
    return EspPacket.CIPHERTEXT_OFFSET + plaintextBytes + AeadTransform.ICV_BYTES;
  }

  private static int writeTrailer(byte[] in, int behind, int payloadBytes, int nextHeader) {
    int padding = EspPacket.paddingBytes(payloadBytes);
    for (int i = 1; i <= padding; i++) {
      in[behind + i - 1] = (byte) i;
    }
    in[behind + padding] = (byte) padding;
    in[behind + padding + 1] = (byte) nextHeader;
    return padding + EspPacket.TRAILER_BYTES;
  }
}
