package io.culvert.server.admin;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.protocol.v1.EnrolmentToken;
import io.culvert.server.pki.CertificateAuthority;
import io.culvert.server.pki.MasterKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Makes enrolment tokens. Thread-safe.
 *
 * <p>A token's secret is derived from the cluster's master key, the node and the id of the request:
 * so a request that is repeated, at whatever server, gives the same token, and nobody has to keep
 * it. A token of an import is derived from its end instead, which the node knows: so whoever
 * repeats an import gets the tokens that still wait to be used.
 */
final class EnrolmentTokens {
  private static final String PREFIX = "culvert1.";
  private static final int SECRET_BYTES = 32;

  private final MasterKey masterKey;
  private final List<String> gateways;
  private final X509Certificate authority;

  EnrolmentTokens(MasterKey masterKey, List<String> gateways, X509Certificate authority) {
    this.masterKey = masterKey;
    this.gateways = gateways;
    this.authority = authority;
  }

  /**
   * A token.
   *
   * @param text what the agent is given
   * @param digest SHA-256 of the secret, lower-case hex: what the Node entity is given
   */
  record Made(String text, String digest) {
    /** Never shows the token. */
    @Override
    public String toString() {
      return "Made[" + digest + "]";
    }
  }

  /** The token of a request for one. */
  Made make(NodeId node, String requestId) {
    return make(node, "culvert enrolment token v1", requestId);
  }

  /** The token that an import makes, if it makes one that ends then. */
  Made makeUntil(NodeId node, Instant expiresAt) {
    return make(node, "culvert import token v1", expiresAt.toString());
  }

  private Made make(NodeId node, String purpose, String unique) {
    byte[] secret =
        masterKey.derive(
            purpose.getBytes(StandardCharsets.US_ASCII),
            (node + "\n" + unique).getBytes(StandardCharsets.UTF_8),
            SECRET_BYTES);
    EnrolmentToken token =
        EnrolmentToken.newBuilder()
            .addAllServers(gateways)
            .setNodeId(node.toString())
            .setSecret(ByteString.copyFrom(secret))
            .setCaFingerprint(ByteString.copyFrom(CertificateAuthority.fingerprint(authority)))
            .build();
    String digest = sha256(secret);
    Arrays.fill(secret, (byte) 0);
    return new Made(
        PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(token.toByteArray()),
        digest);
  }

  private static String sha256(byte[] secret) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(secret));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
