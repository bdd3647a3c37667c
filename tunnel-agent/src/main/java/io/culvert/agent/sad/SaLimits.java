package io.culvert.agent.sad;

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
}
