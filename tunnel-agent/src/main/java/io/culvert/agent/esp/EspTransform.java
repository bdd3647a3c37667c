package io.culvert.agent.esp;

/**
 * An ESP transform: its key material, and what it adds to a packet. The names are part of the keys'
 * identity: never rename one.
 *
 * <p>A combined mode has a cipher key and a 4-byte salt; every other transform a cipher key and an
 * integrity key, in this order (RFC 7296, section 2.17), and authenticates what it has encrypted.
 */
public enum EspTransform {
  /** AES-GCM, 128-bit key, 16-octet ICV (RFC 4106). */
  AES_128_GCM_16(16, 0, 8, 4, 16),
  /** AES-GCM, 256-bit key, 16-octet ICV (RFC 4106). */
  AES_256_GCM_16(32, 0, 8, 4, 16),
  /** ChaCha20-Poly1305, 256-bit key, 16-octet ICV (RFC 7634). */
  CHACHA20_POLY1305(32, 0, 8, 4, 16),
  /** AES-CBC, 256-bit key (RFC 3602), with HMAC-SHA-256-128 (RFC 4868). */
  AES_256_CBC_HMAC_SHA2_256_128(32, 32, 16, 16, 16),
  /** AES-CBC, 256-bit key (RFC 3602), with HMAC-SHA-512-256 (RFC 4868). */
  AES_256_CBC_HMAC_SHA2_512_256(32, 64, 16, 16, 32),
  /** 3DES-CBC, three keys (RFC 2451), with HMAC-SHA-256-128 (RFC 4868). Legacy. */
  TRIPLE_DES_CBC_HMAC_SHA2_256_128(24, 32, 8, 8, 16);

  /** Bytes of the salt behind the key of a combined mode (RFC 4106, section 8.1; RFC 7634). */
  public static final int SALT_BYTES = 4;

  private final int keyBytes;
  private final int integrityKeyBytes;
  private final int ivBytes;
  private final int blockBytes;
  private final int icvBytes;

  EspTransform(int keyBytes, int integrityKeyBytes, int ivBytes, int blockBytes, int icvBytes) {
    this.keyBytes = keyBytes;
    this.integrityKeyBytes = integrityKeyBytes;
    this.ivBytes = ivBytes;
    this.blockBytes = blockBytes;
    this.icvBytes = icvBytes;
  }

  /** Bytes of the cipher key, without salt or integrity key. */
  public int keyBytes() {
    return keyBytes;
  }

  /** Bytes of the key of the integrity algorithm; 0 for a combined mode. */
  public int integrityKeyBytes() {
    return integrityKeyBytes;
  }

  /** Bytes of keying material for one direction: cipher key, then salt or integrity key. */
  public int keyMaterialBytes() {
    return keyBytes + (isCombinedMode() ? SALT_BYTES : integrityKeyBytes);
  }

  /** Bytes of the initialization vector in a packet. */
  public int ivBytes() {
    return ivBytes;
  }

  /** What the ciphertext's length is a multiple of: the cipher's block, or 4 (RFC 4303, 2.4). */
  public int blockBytes() {
    return blockBytes;
  }

  /** Bytes of the integrity check value. */
  public int icvBytes() {
    return icvBytes;
  }

  /** Whether one algorithm does both, encryption and integrity (RFC 4303, section 3.2.3). */
  public boolean isCombinedMode() {
    return integrityKeyBytes == 0;
  }

  /** Whether it is AES-GCM. */
  public boolean isAesGcm() {
    return this == AES_128_GCM_16 || this == AES_256_GCM_16;
  }

  /** Whether it is for old devices only: blocks of 64 bits repeat after gigabytes (SWEET32). */
  public boolean isLegacy() {
    return blockBytes == 8;
  }

  /** Offset of the ciphertext in a packet. */
  int ciphertextOffset() {
    return EspPacket.IV_OFFSET + ivBytes;
  }

  /** Bytes of an ESP packet that carries {@code payloadBytes}. */
  public int sealedBytes(int payloadBytes) {
    return ciphertextOffset()
        + payloadBytes
        + paddingBytes(payloadBytes)
        + EspPacket.TRAILER_BYTES
        + icvBytes;
  }

  /** Padding that ends the trailer on a multiple of the block (RFC 4303, section 2.4). */
  int paddingBytes(int payloadBytes) {
    return -(payloadBytes + EspPacket.TRAILER_BYTES) & (blockBytes - 1);
  }

  /** Whether a packet of this length can be one: at least a block, and nothing but blocks. */
  public boolean isPlausible(int lengthBytes) {
    int ciphertextBytes = lengthBytes - ciphertextOffset() - icvBytes;
    return ciphertextBytes >= blockBytes && (ciphertextBytes & (blockBytes - 1)) == 0;
  }
}
