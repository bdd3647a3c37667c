package io.culvert.server.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.culvert.model.vpn.CipherSuite;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bodies of requests and answers, as the OpenAPI document describes them. */
final class Api {
  private Api() {}

  record LoginRequest(String userName, String password, @Nullable String newPassword) {
    /** Never shows a password. */
    @Override
    public String toString() {
      return "LoginRequest[" + userName + "]";
    }
  }

  /** {@code organization} is null for an operator of the whole cluster. */
  record Login(String token, String userName, @Nullable String organization, Instant expiresAt) {
    /** Never shows the token. */
    @Override
    public String toString() {
      return "Login[" + userName + "]";
    }
  }

  record Whoami(String userName, @Nullable String organization) {}

  record PasswordRequest(@Nullable String userName, String password) {
    /** Never shows the password. */
    @Override
    public String toString() {
      return "PasswordRequest[" + userName + "]";
    }
  }

  record OrganizationRequest(String name, @Nullable String displayName) {}

  record Organization(
      String name,
      String displayName,
      List<String> vpns,
      List<String> nodes,
      List<String> administrators) {}

  record VpnRequest(
      String name,
      @Nullable CipherSuite cipherSuite,
      @Nullable Topology topology,
      @Nullable String ipv4Pool,
      @Nullable String ipv6Pool) {}

  record VpnPatch(
      @Nullable CipherSuite cipherSuite,
      @Nullable Topology topology,
      @Nullable Boolean legacyAllowed) {}

  /** {@code warning} is null if there is nothing to warn of. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Vpn(
      String vpn,
      CipherSuite cipherSuite,
      Topology topology,
      String ipv4Pool,
      String ipv6Pool,
      int epoch,
      long revision,
      int members,
      int online,
      int applied,
      String summary,
      boolean legacyAllowed,
      @Nullable String warning) {}

  /** A change of a VPN that is durable. With {@code ?wait=applied}: how many agents have it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record VpnChange(
      String vpn,
      long revision,
      Instant acceptedAt,
      @Nullable Integer online,
      @Nullable Integer applied) {}

  record MemberRequest(@Nullable Role role) {}

  record Member(
      String node,
      int index,
      String ipv4,
      String ipv6,
      Role role,
      boolean online,
      @Nullable String server,
      long appliedRevision,
      long pullIntervalMillis) {}

  record NodeRequest(String name) {}

  record Node(
      String node,
      String status,
      List<String> vpns,
      @Nullable String userName,
      @Nullable String certificateFingerprint,
      @Nullable Instant tokenExpiresAt,
      boolean online,
      long revision) {}

  record Change(String name, long revision) {}

  /** Nodes that shall exist. The list, and each entry, are null if they are sent so. */
  record NodesImport(
      @Nullable List<NodeEntry> nodes, @Nullable Boolean tokens, @Nullable Long lifetimeSeconds) {}

  record NodeEntry(@Nullable String name, @Nullable String vpn, @Nullable Role role) {}

  record NodesImported(List<ImportedNode> nodes) {}

  /**
   * What an import made of one node.
   *
   * @param detail why it was refused, otherwise null
   * @param token null if none was asked for, or the node needs none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ImportedNode(
      String node,
      ImportOutcome outcome,
      @Nullable String detail,
      @Nullable String token,
      @Nullable Instant expiresAt) {
    /** Never shows the token. */
    @Override
    public String toString() {
      return "ImportedNode[%s, %s]".formatted(node, outcome);
    }
  }

  /** What an import changed for a node. */
  enum ImportOutcome {
    /** The node is new. */
    @JsonProperty("created")
    CREATED,
    /** The node was there, its membership is new. */
    @JsonProperty("admitted")
    ADMITTED,
    /** All was there. */
    @JsonProperty("exists")
    EXISTS,
    /** The name cannot be used. */
    @JsonProperty("refused")
    REFUSED
  }

  record TokenRequest(@Nullable Long lifetimeSeconds) {}

  record Token(String node, String token, Instant expiresAt) {
    /** Never shows the token. */
    @Override
    public String toString() {
      return "Token[" + node + "]";
    }
  }

  /**
   * A server of the cluster.
   *
   * @param status in the cluster, or {@code unreachable}
   * @param version null, like what follows, if the server does not answer
   */
  record ClusterServer(
      String name,
      String address,
      String status,
      @Nullable String version,
      @Nullable Integer agents,
      @Nullable Boolean draining) {}

  /** A server that begins to drain. */
  record Drain(String name) {}

  /** A refusal (RFC 9457). */
  record Problem(String type, String title, int status, String detail, String code) {}
}
