package io.culvert.agent.esp;

import io.culvert.agent.ip.NetworkOrder;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/**
 * {@link AeadTransform} over the JDK's combined modes, {@code AES/GCM/NoPadding} and {@code
 * ChaCha20-Poly1305}: both have a nonce of salt and 64-bit IV, and an ICV of 16 octets.
 *
 * <p>Maintainers: the JDK wants {@code init} before each packet and allocates there (cipher engine,
 * hash state, copies of key and IV): a few hundred bytes a packet that no caller can avoid. What a
 * caller can avoid is avoided: the two parameter objects are reused. There are two because the
 * cipher keeps the IV array of the last packet and compares it with the next one's.
 */
final class JdkAeadTransform implements AeadTransform {
  private static final int NONCE_BYTES = EspTransform.SALT_BYTES + Long.BYTES;

  private final Cipher cipher;
  private final DestroyableKey key;
  private ReusedParameters next;
  private ReusedParameters last;

  private JdkAeadTransform(
      Cipher cipher,
      String keyAlgorithm,
      Function<byte[], AlgorithmParameterSpec> parameters,
      byte[] keyAndSalt) {
    this.cipher = cipher;
    int keyBytes = keyAndSalt.length - EspTransform.SALT_BYTES;
    key = new DestroyableKey(keyAlgorithm, Arrays.copyOf(keyAndSalt, keyBytes));
    int salt = NetworkOrder.int32(keyAndSalt, keyBytes);
    next = ReusedParameters.of(salt, parameters);
    last = ReusedParameters.of(salt, parameters);
    Arrays.fill(keyAndSalt, (byte) 0);
  }

  /** AES-GCM (RFC 4106). Takes over {@code keyAndSalt}. */
  static JdkAeadTransform aesGcm(byte[] keyAndSalt) {
    return new JdkAeadTransform(cipher("AES/GCM/NoPadding"), "AES", GcmParameters::new, keyAndSalt);
  }

  /** ChaCha20-Poly1305 (RFC 7634). Takes over {@code keyAndSalt}. */
  static JdkAeadTransform chaCha20Poly1305(byte[] keyAndSalt) {
    return new JdkAeadTransform(
        cipher("ChaCha20-Poly1305"), "ChaCha20", IvParameters::new, keyAndSalt);
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
      throw new IllegalStateException(cipher.getAlgorithm() + " refused to encrypt", e);
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
      throw new IllegalStateException(cipher.getAlgorithm() + " refused to decrypt", e);
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
    return parameters.specification;
  }

  private static Cipher cipher(String transformation) {
    try {
      return Cipher.getInstance(transformation);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + transformation, e);
    }
  }

  /** Parameters whose nonce is written in place instead of copied. */
  private static final class ReusedParameters {
    private final byte[] nonce;
    private final AlgorithmParameterSpec specification;

    private ReusedParameters(byte[] nonce, AlgorithmParameterSpec specification) {
      this.nonce = nonce;
      this.specification = specification;
    }

    static ReusedParameters of(int salt, Function<byte[], AlgorithmParameterSpec> parameters) {
      byte[] nonce = new byte[NONCE_BYTES];
      NetworkOrder.putInt32(nonce, 0, salt);
      return new ReusedParameters(nonce, parameters.apply(nonce));
    }
  }

  private static final class GcmParameters extends GCMParameterSpec {
    private final byte[] nonce;

    GcmParameters(byte[] nonce) {
      super(ICV_BYTES * 8, nonce);
      this.nonce = nonce;
    }

    @Override
    public byte[] getIV() {
      return nonce;
    }
  }

  private static final class IvParameters extends IvParameterSpec {
    private final byte[] nonce;

    IvParameters(byte[] nonce) {
      super(nonce);
      this.nonce = nonce;
    }

    @Override
    public byte[] getIV() {
      return nonce;
    }
  }
}
