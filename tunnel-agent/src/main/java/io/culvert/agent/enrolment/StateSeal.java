package io.culvert.agent.enrolment;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals files of the state directory with a key that follows from the node's private key (RFC 5869,
 * HKDF with SHA-256): who copies them without that key reads nothing, and who changes them is found
 * out. AES-256-GCM with a random nonce for each sealing, since files are few.
 *
 * <pre>
 *   version (1 byte, 1) | nonce (12 bytes) | ciphertext | tag (16 bytes)
 *   authenticated beside it: the version, and the node's id in UTF-8
 * </pre>
 *
 * <p>Immutable; any thread.
 */
public final class StateSeal {
  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int KEY_BYTES = 32;
  private static final byte[] PURPOSE = "culvert agent state".getBytes(StandardCharsets.US_ASCII);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String nodeId;
  private final PrivateKey privateKey;

  /** For the state of one node. */
  public StateSeal(String nodeId, PrivateKey privateKey) {
    this.nodeId = nodeId;
    this.privateKey = privateKey;
  }

  /** Seals the content of a file. */
  public byte[] seal(byte[] content) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    byte[] sealed = new byte[1 + NONCE_BYTES + content.length + TAG_BYTES];
    sealed[0] = VERSION;
    System.arraycopy(nonce, 0, sealed, 1, NONCE_BYTES);
    try {
      var _ =
          cipher(Cipher.ENCRYPT_MODE, nonce, VERSION)
              .doFinal(content, 0, content.length, sealed, 1 + NONCE_BYTES);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM and HKDF", e);
    }
  }

  /**
   * The content of a sealed file.
   *
   * @throws GeneralSecurityException if it was not sealed by this node, or has changed since
   */
  public byte[] open(byte[] sealed) throws GeneralSecurityException {
    int head = 1 + NONCE_BYTES;
    if (sealed.length < head + TAG_BYTES || sealed[0] != VERSION) {
      throw new GeneralSecurityException("not a sealed file of version " + VERSION);
    }
    return cipher(Cipher.DECRYPT_MODE, Arrays.copyOfRange(sealed, 1, head), sealed[0])
        .doFinal(sealed, head, sealed.length - head);
  }

  private Cipher cipher(int mode, byte[] nonce, byte version) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key(), new GCMParameterSpec(8 * TAG_BYTES, nonce));
    cipher.updateAAD(new byte[] {version});
    cipher.updateAAD(nodeId.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private SecretKey key() throws GeneralSecurityException {
    byte[] secret = privateKey.getEncoded();
    byte[] key = new byte[0];
    try {
      key =
          KDF.getInstance("HKDF-SHA256")
              .deriveData(
                  HKDFParameterSpec.ofExtract()
                      .addIKM(new SecretKeySpec(secret, "Generic"))
                      .thenExpand(PURPOSE, KEY_BYTES));
      return new SecretKeySpec(key, "AES");
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }
}
