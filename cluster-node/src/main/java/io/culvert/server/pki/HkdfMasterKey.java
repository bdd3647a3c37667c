package io.culvert.server.pki;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The cluster's master key, held in the JDK's HKDF. Never shown. */
public final class HkdfMasterKey implements MasterKey {
  /** Length of the key in bytes. */
  public static final int KEY_BYTES = 32;

  private final SecretKeySpec key;

  /**
   * Copies the key.
   *
   * @throws IllegalArgumentException if it has another length than {@value #KEY_BYTES} bytes
   */
  public HkdfMasterKey(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "a master key has %d bytes, not %d".formatted(KEY_BYTES, key.length));
    }
    this.key = new SecretKeySpec(key, "HKDF");
  }

  /** A new random key. */
  static byte[] generate(SecureRandom random) {
    byte[] fresh = new byte[KEY_BYTES];
    random.nextBytes(fresh);
    return fresh;
  }

  @Override
  public byte[] derive(byte[] salt, byte[] info, int lengthBytes) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(key)
                  .addSalt(salt)
                  .thenExpand(info, lengthBytes));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public String toString() {
    return "HkdfMasterKey";
  }
}
