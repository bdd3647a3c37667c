package io.culvert.model.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.CborSerializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a node. A change of this file is a change of a durable schema: add, never
 * rename; every event has a golden file.
 *
 * <p>Each event adds one to the node's revision. Events hold verifiers and digests, never a
 * password, a token or a key.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(value = NodeEvent.NodeCreated.class, name = "node-created"),
  @JsonSubTypes.Type(value = NodeEvent.PasswordSet.class, name = "password-set"),
  @JsonSubTypes.Type(value = NodeEvent.TokenIssued.class, name = "token-issued"),
  @JsonSubTypes.Type(value = NodeEvent.CertificateBound.class, name = "certificate-bound"),
  @JsonSubTypes.Type(value = NodeEvent.NodeSuspended.class, name = "node-suspended"),
  @JsonSubTypes.Type(value = NodeEvent.NodeResumed.class, name = "node-resumed"),
  @JsonSubTypes.Type(value = NodeEvent.NodeDeleted.class, name = "node-deleted"),
  @JsonSubTypes.Type(value = NodeEvent.MembershipRecorded.class, name = "membership-recorded")
})
public sealed interface NodeEvent extends CborSerializable {
  /** When the command was accepted, by the clock of the server that hosted the entity. */
  Instant at();

  /** The node exists. */
  record NodeCreated(String requestId, Instant at) implements NodeEvent {}

  /**
   * The node may log on with this user name and password.
   *
   * @param verifier Argon2id in PHC string format
   */
  record PasswordSet(String requestId, String userName, String verifier, Instant at)
      implements NodeEvent {
    /** Never shows the verifier. */
    @Override
    public String toString() {
      return "PasswordSet[userName=%s, at=%s]".formatted(userName, at);
    }
  }

  /**
   * A one-time token is valid; an earlier one is void.
   *
   * @param tokenDigest SHA-256 of the token's secret, lower-case hex
   */
  record TokenIssued(String requestId, String tokenDigest, Instant expiresAt, Instant at)
      implements NodeEvent {
    /** Never shows the digest. */
    @Override
    public String toString() {
      return "TokenIssued[expiresAt=%s, at=%s]".formatted(expiresAt, at);
    }
  }

  /**
   * The node's certificate from now on.
   *
   * @param certificateFingerprint SHA-256 of its DER, lower-case hex
   * @param spentTokenDigest the token that was spent for it; null after a password
   */
  record CertificateBound(
      String requestId,
      String certificateFingerprint,
      @Nullable String spentTokenDigest,
      Instant at)
      implements NodeEvent {}

  /** Logons are forbidden. */
  record NodeSuspended(String requestId, Instant at) implements NodeEvent {}

  /** Logons are allowed again. */
  record NodeResumed(String requestId, Instant at) implements NodeEvent {}

  /** The node is no more. */
  record NodeDeleted(String requestId, Instant at) implements NodeEvent {}

  /** A VPN told the node of its membership there, as of the VPN's {@code revision}. */
  record MembershipRecorded(VpnId vpn, boolean member, long revision, Instant at)
      implements NodeEvent {}
}
