package io.culvert.agent.esp;

/**
 * An {@link EspTransform} with the keys of one direction of one security association. What it takes
 * and gives is authenticated encryption with associated data, whether one algorithm does both (RFC
 * 4106, RFC 7634: the nonce is the salt, then the 64-bit {@code iv}) or two do (RFC 4303, section
 * 3.3.2.1).
 *
 * <p>The associated data ends with the 64-bit extended sequence number. The initialization vector
 * lies right in front of the ciphertext. That of a combined mode is the sequence number, and the
 * caller's to write and to read; any other is written and read by the transform.
 *
 * <p>One thread uses it; whoever owns the association closes it, which zeroes the key.
 */
public interface AeadTransform extends AutoCloseable {
  /** Bytes of the integrity check value of all combined modes. */
  int ICV_BYTES = 16;

  /**
   * Encrypts {@code lengthBytes} and writes ciphertext and ICV. Input and output are different
   * arrays.
   *
   * @param iv never the same twice for one key; a transform whose IV is not this number makes it of
   *     it, and writes it in front of the ciphertext
   */
  void seal(
      long iv,
      byte[] aad,
      int aadBytes,
      byte[] in,
      int inOffset,
      int lengthBytes,
      byte[] out,
      int outOffset);

  /**
   * Verifies and decrypts {@code lengthBytes} of ciphertext, behind which the ICV lies. Input and
   * output are different arrays; the output has room for {@code lengthBytes}.
   *
   * @param iv of a combined mode; others look for theirs in front of the ciphertext
   * @param lengthBytes plausible for the transform
   * @return false if the ICV is wrong; the output then holds no plaintext
   */
  boolean open(
      long iv,
      byte[] aad,
      int aadBytes,
      byte[] in,
      int inOffset,
      int lengthBytes,
      byte[] out,
      int outOffset);

  /** Zeroes the key. Idempotent. */
  @Override
  void close();
}
