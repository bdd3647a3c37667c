package io.culvert.agent.esp;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;

/**
 * {@link AeadTransform} made of a block cipher in CBC mode (RFC 3602, RFC 2451) and HMAC-SHA-2 (RFC
 * 4868): encrypts, then authenticates (RFC 4303, section 3.3.2.1), and decrypts only what is
 * authentic.
 *
 * <p>The ICV covers what precedes the ESN in the associated data, the low half of the ESN, IV and
 * ciphertext, and then the upper half, which is not sent (RFC 4303, section 2.2.1 and appendix A).
 *
 * <p>Maintainers:
 *
 * <ol>
 *   <li>An IV of CBC must be unpredictable, so it is no counter. It is the sequence number,
 *       encrypted: the first method of NIST SP 800-38A, appendix C. That method uses the key of the
 *       data for it, and then whoever chooses plaintexts may one day make a block that equals a
 *       later sequence number (Rogaway, "Nonce-Based Symmetric Encryption", 2004). So the number is
 *       encrypted twice, first with {@link CbcIvCipher}'s key of its own: what goes into the cipher
 *       of the data is as unknown to others as any block of CBC. Both are permutations: within one
 *       key no IV comes twice.
 *   <li>{@code Cipher.init} allocates, so it is called once, with an IV of zeros, to which {@code
 *       doFinal} returns. The block before the data then takes the IV's place: encrypted, it is the
 *       IV that is sent; decrypted, it is nothing that anybody needs.
 *   <li>{@code Mac.doFinal} allocates its result, 32 or 64 bytes a packet; no caller can avoid it.
 * </ol>
 */
final class CbcHmacTransform implements AeadTransform {
  private final int blockBytes;
  private final int icvBytes;
  private final CbcIvCipher ivs;
  private final Cipher encryptor;
  private final Cipher decryptor;
  private final Mac mac;
  private final String algorithm;
  private final byte[] block;
  private final byte[] digest;
  private final byte[] expected;
  private final byte[] received;
  private boolean closed;

  /**
   * With these keys.
   *
   * @param algorithm {@code AES} or {@code DESede}
   * @param macAlgorithm an HMAC of at least {@code icvBytes}
   * @param keys cipher key, then integrity key; zeroed
   */
  CbcHmacTransform(String algorithm, String macAlgorithm, int keyBytes, int icvBytes, byte[] keys) {
    this.algorithm = algorithm;
    this.icvBytes = icvBytes;
    var key = new DestroyableKey(algorithm, Arrays.copyOf(keys, keyBytes));
    var integrityKey =
        new DestroyableKey(macAlgorithm, Arrays.copyOfRange(keys, keyBytes, keys.length));
    Arrays.fill(keys, (byte) 0);
    try {
      encryptor = Cipher.getInstance(algorithm + "/CBC/NoPadding");
      decryptor = Cipher.getInstance(algorithm + "/CBC/NoPadding");
      blockBytes = encryptor.getBlockSize();
      mac = Mac.getInstance(macAlgorithm);
      ivs = new CbcIvCipher(algorithm, key);
      initialize(key, integrityKey);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has %s and HMAC".formatted(algorithm), e);
    } finally {
      key.destroy();
      integrityKey.destroy();
    }
    block = new byte[blockBytes];
    digest = new byte[mac.getMacLength()];
    expected = new byte[icvBytes];
    received = new byte[icvBytes];
  }

  private void initialize(DestroyableKey key, DestroyableKey integrityKey)
      throws GeneralSecurityException {
    var zeros = new IvParameterSpec(new byte[blockBytes]);
    encryptor.init(Cipher.ENCRYPT_MODE, key, zeros);
    decryptor.init(Cipher.DECRYPT_MODE, key, zeros);
    mac.init(integrityKey);
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
    requireOpen();
    int ivOffset = outOffset - blockBytes;
    try {
      ivs.encrypt(iv, block);
      encryptor.update(block, 0, blockBytes, out, ivOffset);
      encryptor.doFinal(in, inOffset, lengthBytes, out, outOffset);
      byte[] icv = authenticate(aad, aadBytes, out, ivOffset, blockBytes + lengthBytes);
      System.arraycopy(icv, 0, out, outOffset + lengthBytes, icvBytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(algorithm + " refused to encrypt", e);
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
    requireOpen();
    int ivOffset = inOffset - blockBytes;
    try {
      byte[] icv = authenticate(aad, aadBytes, in, ivOffset, blockBytes + lengthBytes);
      System.arraycopy(icv, 0, expected, 0, icvBytes);
      System.arraycopy(in, inOffset + lengthBytes, received, 0, icvBytes);
      if (!MessageDigest.isEqual(expected, received) || lengthBytes % blockBytes != 0) {
        return false;
      }
      decryptor.update(in, ivOffset, blockBytes, block, 0);
      decryptor.doFinal(in, inOffset, lengthBytes, out, outOffset);
      return true;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(algorithm + " refused to decrypt", e);
    }
  }

  /** The whole HMAC, in an array that the next call overwrites. */
  byte[] authenticate(byte[] aad, int aadBytes, byte[] bytes, int offset, int lengthBytes)
      throws GeneralSecurityException {
    int upper = aadBytes - Long.BYTES;
    int lower = aadBytes - Integer.BYTES;
    mac.update(aad, 0, upper);
    mac.update(aad, lower, Integer.BYTES);
    mac.update(bytes, offset, lengthBytes);
    mac.update(aad, upper, Integer.BYTES);
    mac.doFinal(digest, 0);
    return digest;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("key was destroyed");
    }
  }

  /** Replaces the keys that the JDK's objects hold by zeros. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    ivs.close();
    try {
      initialize(
          CbcIvCipher.zeroKey(algorithm),
          new DestroyableKey(mac.getAlgorithm(), new byte[digest.length]));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key of zeros was refused", e);
    }
  }
}
