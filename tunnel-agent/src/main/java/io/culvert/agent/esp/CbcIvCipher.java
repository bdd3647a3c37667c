package io.culvert.agent.esp;

import io.culvert.agent.ip.NetworkOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Encrypts sequence numbers with a key that serves nothing else, derived from the key of the data
 * (RFC 5869, HKDF with SHA-256). Only the sender needs it: an ESP packet carries its IV. See {@link
 * CbcHmacTransform}.
 */
final class CbcIvCipher {
  private static final byte[] PURPOSE = "culvert cbc iv v1".getBytes(StandardCharsets.US_ASCII);
  private static final int AES_KEY_BYTES = 32;
  private static final int TRIPLE_DES_KEY_BYTES = 24;

  private final String algorithm;
  private final Cipher cipher;
  private final byte[] number;

  /** With a key derived from {@code dataKey}, which stays the caller's. */
  CbcIvCipher(String algorithm, DestroyableKey dataKey) throws GeneralSecurityException {
    this.algorithm = algorithm;
    cipher = Cipher.getInstance(algorithm + "/ECB/NoPadding");
    number = new byte[cipher.getBlockSize()];
    byte[] encoded = dataKey.getEncoded();
    byte[] derived =
        KDF.getInstance("HKDF-SHA256")
            .deriveData(
                HKDFParameterSpec.ofExtract()
                    .addIKM(encoded)
                    .thenExpand(PURPOSE, keyBytes(algorithm)));
    Arrays.fill(encoded, (byte) 0);
    var key = new DestroyableKey(algorithm, derived);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    key.destroy();
  }

  /** Writes the encrypted number, one block, to the beginning of {@code out}. */
  void encrypt(long sequence, byte[] out) throws GeneralSecurityException {
    NetworkOrder.putInt64(number, number.length - Long.BYTES, sequence);
    cipher.doFinal(number, 0, number.length, out, 0);
  }

  /** Replaces the key by zeros. */
  void close() {
    try {
      cipher.init(Cipher.ENCRYPT_MODE, zeroKey(algorithm));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key of zeros was refused", e);
    }
  }

  /** A key that hides nothing, to overwrite one that does. */
  static DestroyableKey zeroKey(String algorithm) {
    return new DestroyableKey(algorithm, new byte[keyBytes(algorithm)]);
  }

  private static int keyBytes(String algorithm) {
    return algorithm.equals("AES") ? AES_KEY_BYTES : TRIPLE_DES_KEY_BYTES;
  }
}
