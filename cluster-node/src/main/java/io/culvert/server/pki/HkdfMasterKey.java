package io.culvert.server.pki;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * The cluster's master key. Never shown.
 *
 * <p>The extracted key of each salt is kept, and expanded by Bouncy Castle: a change that thousands
 * of sessions see derives a secret for each, and compiled once the JDK takes five times as long.
 */
public final class HkdfMasterKey implements MasterKey {
  /** Length of the key in bytes. */
  public static final int KEY_BYTES = 32;

  /** Salts name purposes, of which there are some; what comes beyond is extracted each time. */
  private static final int MOST_KEPT = 32;

  private final SecretKeySpec key;
  private final Map<ByteBuffer, byte[]> extracted = new ConcurrentHashMap<>();

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
    HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
    hkdf.init(HKDFParameters.skipExtractParameters(extracted(salt), info));
    byte[] derived = new byte[lengthBytes];
    var _ = hkdf.generateBytes(derived, 0, lengthBytes);
    return derived;
  }

  private byte[] extracted(byte[] salt) {
    byte[] known = extracted.get(ByteBuffer.wrap(salt));
    if (known != null) {
      return known;
    }
    byte[] fresh = extract(salt);
    if (extracted.size() < MOST_KEPT) {
      extracted.put(ByteBuffer.wrap(salt.clone()), fresh);
    }
    return fresh;
  }

  private byte[] extract(byte[] salt) {
    try {
      SecretKey fresh =
          KDF.getInstance("HKDF-SHA256")
              .deriveKey(
                  "HKDF", HKDFParameterSpec.ofExtract().addIKM(key).addSalt(salt).extractOnly());
      return fresh.getEncoded();
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public String toString() {
    return "HkdfMasterKey";
  }
}
