package io.culvert.agent.keys;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/**
 * The X25519 key of this agent process (RFC 7748), made at its start: so no packet key is ever
 * derived twice with its counter at the beginning.
 */
public final class NodeKeyPair {
  /** Length of a public key and of a shared secret in bytes. */
  public static final int KEY_BYTES = 32;

  private final PrivateKey privateKey;
  private final byte[] publicKey;

  private NodeKeyPair(PrivateKey privateKey, byte[] publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** A new random pair. */
  public static NodeKeyPair generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
      return new NodeKeyPair(pair.getPrivate(), encode((XECPublicKey) pair.getPublic()));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** The public key, little-endian as in RFC 7748; a copy. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /**
   * The shared secret with a peer; the caller zeroes it after use.
   *
   * @param peerPublicKey little-endian as in RFC 7748
   * @throws InvalidKeyException if it has another length than {@value #KEY_BYTES} bytes, or is of
   *     small order: the result would be zero, whatever our key
   */
  public byte[] agree(byte[] peerPublicKey) throws InvalidKeyException {
    if (peerPublicKey.length != KEY_BYTES) {
      throw new InvalidKeyException(
          "an X25519 key has %d bytes, not %d".formatted(KEY_BYTES, peerPublicKey.length));
    }
    try {
      KeyAgreement agreement = KeyAgreement.getInstance("X25519");
      agreement.init(privateKey);
      agreement.doPhase(decode(peerPublicKey), true);
      return agreement.generateSecret();
    } catch (InvalidKeyException e) {
      throw e;
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] encode(XECPublicKey key) {
    byte[] bigEndian = key.getU().toByteArray();
    byte[] littleEndian = new byte[KEY_BYTES];
    for (int i = 0; i < Math.min(KEY_BYTES, bigEndian.length); i++) {
      littleEndian[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return littleEndian;
  }

  private static PublicKey decode(byte[] littleEndian) throws GeneralSecurityException {
    byte[] bigEndian = new byte[KEY_BYTES];
    for (int i = 0; i < KEY_BYTES; i++) {
      bigEndian[i] = littleEndian[KEY_BYTES - 1 - i];
    }
    // RFC 7748, section 5: the unused top bit is masked.
    bigEndian[0] &= 0x7F;
    return KeyFactory.getInstance("X25519")
        .generatePublic(
            new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, bigEndian)));
  }

  /** Never shows the private key. */
  @Override
  public String toString() {
    return "NodeKeyPair";
  }
}
