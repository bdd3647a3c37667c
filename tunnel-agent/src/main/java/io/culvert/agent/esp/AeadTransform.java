package io.culvert.agent.esp;

/**
 * AES-GCM with a 16-octet ICV, bound to the key and salt of one direction of one security
 * association (RFC 4106). The nonce is the salt, then the 64-bit {@code iv}.
 *
 * <p>One thread uses it; whoever owns the association closes it, which zeroes the key.
 */
public interface AeadTransform extends AutoCloseable {
  /** Bytes of the integrity check value. */
  int ICV_BYTES = 16;

  /**
   * Encrypts {@code lengthBytes} and writes ciphertext and ICV. Input and output are different
   * arrays.
   *
   * @param iv never the same twice for one key
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
