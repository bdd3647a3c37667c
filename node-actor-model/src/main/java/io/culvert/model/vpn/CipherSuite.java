package io.culvert.model.vpn;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The ESP transform of a VPN. The JSON names are durable. */
public enum CipherSuite {
  /** AES-GCM with a 128-bit key and a 16-octet ICV (RFC 4106). */
  @JsonProperty("aes-128-gcm")
  AES_128_GCM,
  /** AES-GCM with a 256-bit key and a 16-octet ICV (RFC 4106). */
  @JsonProperty("aes-256-gcm")
  AES_256_GCM
}
