package io.culvert.model.vpn;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The ESP transform of a VPN. The JSON names are durable. */
public enum CipherSuite {
  /** AES-GCM with a 128-bit key and a 16-octet ICV (RFC 4106). */
  @JsonProperty("aes-128-gcm")
  AES_128_GCM,
  /** AES-GCM with a 256-bit key and a 16-octet ICV (RFC 4106). */
  @JsonProperty("aes-256-gcm")
  AES_256_GCM,
  /** ChaCha20-Poly1305 (RFC 7634), for nodes without AES instructions. */
  @JsonProperty("chacha20-poly1305")
  CHACHA20_POLY1305,
  /** AES-CBC with a 256-bit key (RFC 3602) and HMAC-SHA-256-128 (RFC 4868). */
  @JsonProperty("aes-256-cbc-hmac-sha256")
  AES_256_CBC_HMAC_SHA256,
  /** AES-CBC with a 256-bit key (RFC 3602) and HMAC-SHA-512-256 (RFC 4868). */
  @JsonProperty("aes-256-cbc-hmac-sha512")
  AES_256_CBC_HMAC_SHA512,
  /** 3DES-CBC (RFC 2451) and HMAC-SHA-256-128 (RFC 4868): legacy. */
  @JsonProperty("3des-cbc-hmac-sha256")
  TRIPLE_DES_CBC_HMAC_SHA256;

  /** Whether a VPN may use it only with the legacy permission. */
  public boolean isLegacy() {
    return this == TRIPLE_DES_CBC_HMAC_SHA256;
  }
}
