package io.culvert.agent.sad;

import io.culvert.agent.esp.EspTransform;

/**
 * How much one key may carry. Past a soft limit new keys are wanted; at a hard one the association
 * stops, long before its 64-bit sequence number could wrap.
 *
 * @param softPackets sequence number from which new keys are wanted
 * @param hardPackets the last sequence number that is sent
 * @param softBytes payload bytes from which new keys are wanted
 * @param hardBytes payload bytes after which nothing is sent
 */
public record SaLimits(long softPackets, long hardPackets, long softBytes, long hardBytes) {
  /**
   * AES-GCM with counter nonces has no limit on the number of packets but the counter (NIST SP
   * 800-38D, section 8.3); what grows is the chance to tell ciphertext from noise. 2^52 bytes are
   * 2^48 blocks: below 2^-32.
   */
  public static final SaLimits AES_GCM = new SaLimits(1L << 47, 1L << 48, 1L << 51, 1L << 52);

  /**
   * ChaCha20 makes a stream that repeats no block, so its limit is the counter's (RFC 8439, section
   * 4); the same as AES-GCM's, because nobody would notice more.
   */
  public static final SaLimits CHACHA20_POLY1305 = AES_GCM;

  /**
   * In CBC two equal blocks of ciphertext tell of two plaintexts. 2^51 bytes, and two blocks more
   * for each of 2^47 packets (IV, padding), are less than 2^49 blocks of 128 bits: below 2^-31.
   */
  public static final SaLimits AES_CBC = new SaLimits(1L << 46, 1L << 47, 1L << 50, 1L << 51);

  /**
   * The same with blocks of 64 bits (SWEET32, CVE-2016-2183). 2^30 bytes, and two blocks more for
   * each of 2^25 packets, are less than 2^28 blocks: the chance of one pair is below 1 in 500.
   */
  public static final SaLimits TRIPLE_DES_CBC =
      new SaLimits(1L << 24, 1L << 25, 1L << 29, 1L << 30);

  /** The limits of a transform. */
  public static SaLimits of(EspTransform transform) {
    return switch (transform) {
      case AES_128_GCM_16, AES_256_GCM_16 -> AES_GCM;
      case CHACHA20_POLY1305 -> CHACHA20_POLY1305;
      case AES_256_CBC_HMAC_SHA2_256_128, AES_256_CBC_HMAC_SHA2_512_256 -> AES_CBC;
      case TRIPLE_DES_CBC_HMAC_SHA2_256_128 -> TRIPLE_DES_CBC;
    };
  }
}
