package io.culvert.agent.esp;

/** An ESP transform: its key material and its overhead. */
public enum EspTransform {
  /** AES-GCM, 128-bit key, 16-octet ICV (RFC 4106). */
  AES_128_GCM_16(16),
  /** AES-GCM, 256-bit key, 16-octet ICV (RFC 4106). */
  AES_256_GCM_16(32);

  /** Bytes of the salt behind the key in the keying material (RFC 4106, section 8.1). */
  public static final int SALT_BYTES = 4;

  private final int keyBytes;

  EspTransform(int keyBytes) {
    this.keyBytes = keyBytes;
  }

  /** Bytes of the cipher key, without the salt. */
  public int keyBytes() {
    return keyBytes;
  }

  /** Bytes of keying material for one direction: key and salt. */
  public int keyMaterialBytes() {
    return keyBytes + SALT_BYTES;
  }
}
