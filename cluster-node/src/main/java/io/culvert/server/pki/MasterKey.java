package io.culvert.server.pki;

/** The cluster's 32-byte master key, which nobody sees: it only derives. Thread-safe. */
public interface MasterKey {
  /**
   * HKDF-SHA256 (RFC 5869), extract and expand.
   *
   * @param lengthBytes 1 to 8,160
   * @return the derived bytes, which the caller zeroes after use
   */
  byte[] derive(byte[] salt, byte[] info, int lengthBytes);
}
