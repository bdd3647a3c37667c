package io.culvert.agent.esp;

import io.culvert.agent.ip.NetworkOrder;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@link AeadTransform} over intel-ipsec-mb, in a staging area outside the heap.
 *
 * <p>Maintainers: passing slices of heap arrays would save two copies of the packet (some 40 ns
 * each), but whether the compiler keeps the three slice objects off the heap changes from run to
 * run; every segment used here exists already. The library decrypts while it authenticates and
 * leaves the comparison to the caller: a forged packet's plaintext never leaves the staging area.
 */
final class IpsecMbAeadTransform implements AeadTransform {
  private static final IpsecMbFunctions FUNCTIONS = IpsecMbFunctions.ofThisMachine();

  private final IpsecMbStaging staging;
  private final boolean bits256;
  private final int salt;
  private final MemorySegment keyData;
  private @Nullable MemorySegment block;

  /** Takes over {@code keyAndSalt}. */
  IpsecMbAeadTransform(byte[] keyAndSalt, IpsecMbStaging staging) {
    int keyBytes = keyAndSalt.length - EspTransform.SALT_BYTES;
    this.staging = staging;
    bits256 = keyBytes == EspTransform.AES_256_GCM_16.keyBytes();
    salt = NetworkOrder.int32(keyAndSalt, keyBytes);
    keyData = IpsecMbKeyBlocks.acquire();
    block = keyData;
    expand(keyAndSalt);
    Arrays.fill(keyAndSalt, (byte) 0);
  }

  private void expand(byte[] key) {
    MemorySegment segment = MemorySegment.ofArray(key);
    try {
      if (bits256) {
        FUNCTIONS.pre256().invokeExact(segment, keyData);
      } else {
        FUNCTIONS.pre128().invokeExact(segment, keyData);
      }
    } catch (Throwable impossible) {
      throw new IllegalStateException("a C function cannot throw", impossible);
    }
  }

  @Override
  public void seal(
      long iv,
      byte[] aad,
      int aadBytes,
      byte[] in,
      int inOffset,
      int lengthBytes,
      byte[] out,
      int outOffset) {
    stage(iv, aad, aadBytes, in, inOffset, lengthBytes);
    IpsecMbStaging s = staging;
    try {
      if (bits256) {
        FUNCTIONS
            .seal256()
            .invokeExact(
                keyData,
                s.context,
                s.data,
                s.data,
                (long) lengthBytes,
                s.nonce,
                s.aad,
                (long) aadBytes,
                s.icv,
                (long) ICV_BYTES);
      } else {
        FUNCTIONS
            .seal128()
            .invokeExact(
                keyData,
                s.context,
                s.data,
                s.data,
                (long) lengthBytes,
                s.nonce,
                s.aad,
                (long) aadBytes,
                s.icv,
                (long) ICV_BYTES);
      }
    } catch (Throwable impossible) {
      throw new IllegalStateException("a C function cannot throw", impossible);
    }
    s.copyData(out, outOffset, lengthBytes);
    s.copyIcv(out, outOffset + lengthBytes);
  }

  @Override
  public boolean open(
      long iv,
      byte[] aad,
      int aadBytes,
      byte[] in,
      int inOffset,
      int lengthBytes,
      byte[] out,
      int outOffset) {
    stage(iv, aad, aadBytes, in, inOffset, lengthBytes);
    IpsecMbStaging s = staging;
    try {
      if (bits256) {
        FUNCTIONS
            .open256()
            .invokeExact(
                keyData,
                s.context,
                s.data,
                s.data,
                (long) lengthBytes,
                s.nonce,
                s.aad,
                (long) aadBytes,
                s.icv,
                (long) ICV_BYTES);
      } else {
        FUNCTIONS
            .open128()
            .invokeExact(
                keyData,
                s.context,
                s.data,
                s.data,
                (long) lengthBytes,
                s.nonce,
                s.aad,
                (long) aadBytes,
                s.icv,
                (long) ICV_BYTES);
      }
    } catch (Throwable impossible) {
      throw new IllegalStateException("a C function cannot throw", impossible);
    }
    if (!s.icvEquals(in, inOffset + lengthBytes)) {
      s.wipeData(lengthBytes);
      return false;
    }
    s.copyData(out, outOffset, lengthBytes);
    return true;
  }

  private void stage(long iv, byte[] aad, int aadBytes, byte[] in, int inOffset, int lengthBytes) {
    if (block == null) {
      throw new IllegalStateException("key was destroyed");
    }
    staging.set(salt, iv, aad, aadBytes);
    staging.setData(in, inOffset, lengthBytes);
  }

  @Override
  public void close() {
    if (block != null) {
      IpsecMbKeyBlocks.release(block);
      block = null;
    }
  }
}
