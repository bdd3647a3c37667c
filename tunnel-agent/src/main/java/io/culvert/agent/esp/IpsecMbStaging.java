package io.culvert.agent.esp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.culvert.agent.ip.NetworkOrder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Native memory where one worker's packets are encrypted and decrypted in place: nonce, associated
 * data, data, ICV and the library's context, at fixed places. Shared by all transforms of one
 * provider, so they all belong to one thread.
 */
final class IpsecMbStaging {
  private static final ValueLayout.OfLong INT64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** Room for {@code struct gcm_context_data}, which is 88 bytes in version 1.3. */
  private static final int CONTEXT_BYTES = 1024;

  private static final int DATA_BYTES = 65536 + 64;
  private static final int ALIGNMENT = 64;

  final MemorySegment context;
  final MemorySegment nonce;
  final MemorySegment aad;
  final MemorySegment icv;
  final MemorySegment data;

  IpsecMbStaging() {
    Arena arena = Arena.ofAuto();
    context = arena.allocate(CONTEXT_BYTES, ALIGNMENT);
    nonce = arena.allocate(ALIGNMENT, ALIGNMENT);
    aad = arena.allocate(ALIGNMENT, ALIGNMENT);
    icv = arena.allocate(ALIGNMENT, ALIGNMENT);
    data = arena.allocate(DATA_BYTES, ALIGNMENT);
  }

  void set(int salt, long iv, byte[] associatedData, int aadBytes) {
    nonce.set(INT32, 0, salt);
    nonce.set(INT64, EspTransform.SALT_BYTES, iv);
    MemorySegment.copy(associatedData, 0, aad, JAVA_BYTE, 0, aadBytes);
  }

  void setData(byte[] in, int inOffset, int lengthBytes) {
    MemorySegment.copy(in, inOffset, data, JAVA_BYTE, 0, lengthBytes);
  }

  void copyData(byte[] out, int outOffset, int lengthBytes) {
    MemorySegment.copy(data, JAVA_BYTE, 0, out, outOffset, lengthBytes);
  }

  void copyIcv(byte[] out, int outOffset) {
    NetworkOrder.putInt64(out, outOffset, icv.get(INT64, 0));
    NetworkOrder.putInt64(out, outOffset + 8, icv.get(INT64, 8));
  }

  /** Compares in constant time: no branch before all 16 bytes are in. */
  boolean icvEquals(byte[] in, int inOffset) {
    long upper = icv.get(INT64, 0) ^ NetworkOrder.int64(in, inOffset);
    long lower = icv.get(INT64, 8) ^ NetworkOrder.int64(in, inOffset + 8);
    return (upper | lower) == 0;
  }

  void wipeData(int lengthBytes) {
    for (int i = 0; i < lengthBytes; i++) {
      data.set(JAVA_BYTE, i, (byte) 0);
    }
  }
}
