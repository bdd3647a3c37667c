package io.culvert.agent.keys;

import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterial;
import io.culvert.agent.esp.KeyMaterialPair;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys and SPIs of a pair of nodes in a VPN (key mode {@code distributed}).
 *
 * <pre>
 * identity     = SHA-256("culvert sa v1" | vpn id | epoch | transform | both node ids | both admitted revisions
 *                        | both public keys | both spi tags | SHA-256(pair secret))
 * keys A -> B  = HKDF-SHA256(ikm = agreement, salt = pair secret, info = "culvert esp v1" | identity | A | B)
 *
 *  0 1                             8                                         28      31
 * +-+-----------------------------+-----------------------------------------+-------+
 * |1|  B's spi tag for the VPN (7) |  A's index in the VPN (20)              | epoch |   SPI A -> B
 * +-+-----------------------------+-----------------------------------------+-------+
 * </pre>
 *
 * Of both nodes' values the one of the lower node id comes first. Immutable; holds no secret.
 */
public final class PairKeys {
  private static final String IDENTITY_LABEL = "culvert sa v1";
  private static final String KEY_LABEL = "culvert esp v1";
  private static final int TAG_SHIFT = 24;
  private static final int INDEX_SHIFT = 4;
  private static final int EPOCH_MASK = 0xF;
  private static final int MAX_INDEX = (1 << 20) - 1;
  private static final int MAX_TAG = 127;
  private static final int SECRET_BYTES = 32;

  private final EspTransform transform;
  private final Side own;
  private final Side peer;
  private final int epoch;
  private final byte[] identity;

  private PairKeys(EspTransform transform, Side own, Side peer, int epoch, byte[] identity) {
    this.transform = transform;
    this.own = own;
    this.peer = peer;
    this.epoch = epoch;
    this.identity = identity;
  }

  /**
   * One side of a pair.
   *
   * @param nodeId {@code organization/name}
   * @param index in the VPN, 1 to 1,048,575
   * @param admittedRevision tells two memberships of one node apart
   * @param publicKey X25519, 32 bytes
   * @param spiTag the receiver tag that the node chose for the VPN, 1 to 127
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; a key is bytes in the hash.
  public record Side(
      String nodeId, int index, long admittedRevision, byte[] publicKey, int spiTag) {
    /**
     * Checks what goes into an SPI.
     *
     * @throws IllegalArgumentException if a value would spill into its neighbour's bits
     */
    public Side {
      if (index < 1 || index > MAX_INDEX) {
        throw new IllegalArgumentException("index %d is not in 1..%d".formatted(index, MAX_INDEX));
      }
      if (spiTag < 1 || spiTag > MAX_TAG) {
        throw new IllegalArgumentException("SPI tag %d is not in 1..%d".formatted(spiTag, MAX_TAG));
      }
    }
  }

  /**
   * What tells the keys of a pair from all others; cheap beside {@link #derive}.
   *
   * @param pairSecret the server's share; stays the caller's
   * @throws IllegalArgumentException if the server's share has another length than 32 bytes
   */
  public static PairKeys of(
      String vpnId, int epoch, EspTransform transform, Side own, Side peer, byte[] pairSecret) {
    requireSecret(pairSecret);
    boolean inOrder = own.nodeId().compareTo(peer.nodeId()) < 0;
    byte[] identity =
        identity(
            vpnId,
            epoch,
            transform,
            inOrder ? own : peer,
            inOrder ? peer : own,
            sha256(pairSecret));
    return new PairKeys(transform, own, peer, epoch, identity);
  }

  private static void requireSecret(byte[] pairSecret) {
    if (pairSecret.length != SECRET_BYTES) {
      throw new IllegalArgumentException(
          "a pair secret has %d bytes, not %d".formatted(SECRET_BYTES, pairSecret.length));
    }
  }

  /** 32 bytes, lower-case hex. */
  public String identity() {
    return HexFormat.of().formatHex(identity);
  }

  /** The SPI of what {@code own} sends. */
  public int outboundSpiInt() {
    return spi(peer.spiTag(), own.index(), epoch);
  }

  /** The SPI of what {@code own} receives. */
  public int inboundSpiInt() {
    return spi(own.spiTag(), peer.index(), epoch);
  }

  /**
   * Derives both directions, as {@code own} uses them; the caller closes them.
   *
   * @param agreement the pair's X25519 result; stays the caller's
   * @param pairSecret the same as in {@link #of}; stays the caller's
   * @throws IllegalArgumentException if the server's share has another length than 32 bytes
   */
  public KeyMaterialPair derive(byte[] agreement, byte[] pairSecret) {
    requireSecret(pairSecret);
    return new KeyMaterialPair(
        keys(own, peer, agreement, pairSecret), keys(peer, own, agreement, pairSecret));
  }

  private static byte[] identity(
      String vpnId,
      int epoch,
      EspTransform transform,
      Side lower,
      Side greater,
      byte[] secretDigest) {
    return sha256(
        new FieldEncoder()
            .text(IDENTITY_LABEL)
            .text(vpnId)
            .number(epoch)
            .text(transform.name())
            .text(lower.nodeId())
            .text(greater.nodeId())
            .number(lower.admittedRevision())
            .number(greater.admittedRevision())
            .bytes(lower.publicKey())
            .bytes(greater.publicKey())
            .number(lower.spiTag())
            .number(greater.spiTag())
            .bytes(secretDigest)
            .encoded());
  }

  /** The SPI of the association from the node with {@code senderIndex}. */
  static int spi(int receiverTag, int senderIndex, int epoch) {
    return (1 << 31)
        | (receiverTag << TAG_SHIFT)
        | (senderIndex << INDEX_SHIFT)
        | (epoch & EPOCH_MASK);
  }

  private KeyMaterial keys(Side sender, Side receiver, byte[] agreement, byte[] pairSecret) {
    byte[] info =
        new FieldEncoder()
            .text(KEY_LABEL)
            .bytes(identity)
            .text(sender.nodeId())
            .text(receiver.nodeId())
            .encoded();
    try {
      return KeyMaterial.adopt(
          KDF.getInstance("HKDF-SHA256")
              .deriveData(
                  HKDFParameterSpec.ofExtract()
                      .addIKM(new SecretKeySpec(agreement, "HKDF"))
                      .addSalt(pairSecret)
                      .thenExpand(info, transform.keyMaterialBytes())));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
