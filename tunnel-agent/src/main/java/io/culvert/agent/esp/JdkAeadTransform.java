package io.culvert.agent.esp;

import io.culvert.agent.ip.NetworkOrder;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * {@link AeadTransform} over {@code AES/GCM/NoPadding}.
 *
 * <p>Maintainers: the JDK's GCM wants {@code init} before each packet and allocates there (cipher
 * engine, hash state, copies of key and IV): a few hundred bytes a packet that no caller can avoid.
 * What a caller can avoid is avoided: the two parameter objects are reused. There are two because
 * the cipher keeps the IV array of the last packet and compares it with the next one's.
 */
final class JdkAeadTransform implements AeadTransform {
  private static final int NONCE_BYTES = EspTransform.SALT_BYTES + Long.BYTES;

  private final Cipher cipher = newCipher();
  private final AesKey key;
  private ReusedParameters next;
  private ReusedParameters last;

  /** Takes over {@code keyAndSalt}. */
  JdkAeadTransform(byte[] keyAndSalt) {
    int keyBytes = keyAndSalt.length - EspTransform.SALT_BYTES;
    key = new AesKey(Arrays.copyOf(keyAndSalt, keyBytes));
    int salt = NetworkOrder.int32(keyAndSalt, keyBytes);
    next = new ReusedParameters(salt);
    last = new ReusedParameters(salt);
    Arrays.fill(keyAndSalt, (byte) 0);
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
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, parameters(iv));
      cipher.updateAAD(aad, 0, aadBytes);
      cipher.doFinal(in, inOffset, lengthBytes, out, outOffset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to encrypt", e);
    }
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
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, parameters(iv));
      cipher.updateAAD(aad, 0, aadBytes);
      cipher.doFinal(in, inOffset, lengthBytes + ICV_BYTES, out, outOffset);
      return true;
    } catch (AEADBadTagException forged) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to decrypt", e);
    }
  }

  @Override
  public void close() {
    key.destroy();
  }

  private AlgorithmParameterSpec parameters(long iv) {
    ReusedParameters parameters = next;
    next = last;
    last = parameters;
    NetworkOrder.putInt64(parameters.nonce, EspTransform.SALT_BYTES, iv);
    return parameters;
  }

  private static Cipher newCipher() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** Parameters whose nonce is written in place instead of copied. */
  private static final class ReusedParameters extends GCMParameterSpec {
    private final byte[] nonce;

    ReusedParameters(int salt) {
      super(ICV_BYTES * 8, new byte[NONCE_BYTES]);
      nonce = new byte[NONCE_BYTES];
      NetworkOrder.putInt32(nonce, 0, salt);
    }

    @Override
    public byte[] getIV() {
      return nonce;
    }
  }

  /** An AES key that can be destroyed, which {@code SecretKeySpec} cannot. */
  private static final class AesKey implements SecretKey {
    private static final long serialVersionUID = 1L;
    private final byte[] bytes;
    private boolean destroyed;

    AesKey(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public String getAlgorithm() {
      return "AES";
    }

    @Override
    public String getFormat() {
      return "RAW";
    }

    @Override
    public byte[] getEncoded() {
      if (destroyed) {
        throw new IllegalStateException("key was destroyed");
      }
      return bytes.clone();
    }

    @Override
    public void destroy() {
      destroyed = true;
      Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean isDestroyed() {
      return destroyed;
    }
  }
}
