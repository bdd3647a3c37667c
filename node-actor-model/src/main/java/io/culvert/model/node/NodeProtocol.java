package io.culvert.model.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.CborSerializable;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Commands that a Node entity accepts, the replies it gives, and what it tells a session. */
public final class NodeProtocol {
  private NodeProtocol() {}

  /** Anything that may be sent to a Node entity. */
  public sealed interface Command extends CborSerializable {}

  /** A journalled change: answered with {@link Changed} or {@link Rejected}. */
  public sealed interface Change extends Command {
    /** Chosen by the caller, unique for each intended change. */
    String requestId();

    /** Where the answer goes. */
    ActorRef<Reply> replyTo();
  }

  /** Creates the node. Creating it again changes nothing. */
  public record CreateNode(String requestId, ActorRef<Reply> replyTo) implements Change {}

  /**
   * Creates the node unless it exists, and makes a one-time enrolment token valid if the node needs
   * one: it never enrolled, and no other token waits to be used. All of it in one write. Answered
   * with {@link NodeImported}; rejected with {@link Reason#INVALID} if the node was deleted, and
   * with {@link Reason#BAD_TOKEN} if the token has expired already.
   *
   * @param token null if none is wanted
   */
  public record ImportNode(
      String requestId, NodeLedger.@Nullable Token token, ActorRef<Reply> replyTo)
      implements Change {}

  /**
   * Sets or replaces the user name and password with which the node may log on.
   *
   * @param verifier Argon2id in PHC string format; never a password
   */
  public record SetPassword(
      String requestId, String userName, String verifier, ActorRef<Reply> replyTo)
      implements Change {}

  /**
   * Makes a one-time enrolment token valid; an earlier unused token of the node becomes void.
   *
   * @param tokenDigest SHA-256 of the token's secret, lower-case hex
   */
  public record IssueToken(
      String requestId, String tokenDigest, Instant expiresAt, ActorRef<Reply> replyTo)
      implements Change {}

  /**
   * Spends a one-time token and binds a certificate to the node. Rejected with {@link
   * Reason#BAD_TOKEN} if the token is unknown, used or expired. Repeating it with the same request
   * id gives the same reply.
   *
   * @param certificateFingerprint SHA-256 of the DER of the node's certificate, lower-case hex
   */
  public record EnrolWithToken(
      String requestId, String tokenDigest, String certificateFingerprint, ActorRef<Reply> replyTo)
      implements Change {}

  /** Binds a certificate to the node after its password was verified by the server. */
  public record EnrolWithPassword(
      String requestId, String certificateFingerprint, ActorRef<Reply> replyTo) implements Change {}

  /** Forbids logons and displaces the session that owns the node. */
  public record SuspendNode(String requestId, ActorRef<Reply> replyTo) implements Change {}

  /** Allows logons again. */
  public record ResumeNode(String requestId, ActorRef<Reply> replyTo) implements Change {}

  /**
   * Ends the node. The administrator's service removes it from its VPNs first. The name stays
   * retired.
   */
  public record DeleteNode(String requestId, ActorRef<Reply> replyTo) implements Change {}

  /** Asks for the current state; answered with {@link CurrentState} or {@link Rejected}. */
  public record ReadNode(ActorRef<Reply> replyTo) implements Command {}

  /**
   * Told by a Vpn entity until confirmed: as of {@code revision} the node is, or is no longer, a
   * member. Older revisions than the one recorded for that VPN are ignored and confirmed. Answered
   * with {@link Changed}.
   */
  public record RecordMembership(VpnId vpn, boolean member, long revision, ActorRef<Reply> replyTo)
      implements Command {}

  /**
   * A session claims the node: answered with {@link Owned} or {@link Rejected}. The claim with the
   * newest {@code logonAt} wins (ties: the greater session id); the session that lost is told
   * {@link Displaced}. The entity does not journal who owns the node: when it has ended, because
   * its shard moves or its server is lost, the session claims again.
   */
  public record ClaimSession(
      String sessionId, Instant logonAt, ActorRef<SessionMessage> session, ActorRef<Reply> replyTo)
      implements Command {}

  /** The session ended; ignored if it does not own the node. No reply. */
  public record ReleaseSession(String sessionId) implements Command {}

  /** An answer to a command. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Changed.class, name = "changed"),
    @JsonSubTypes.Type(value = NodeImported.class, name = "node-imported"),
    @JsonSubTypes.Type(value = Rejected.class, name = "rejected"),
    @JsonSubTypes.Type(value = CurrentState.class, name = "current-state"),
    @JsonSubTypes.Type(value = Owned.class, name = "owned")
  })
  public sealed interface Reply extends CborSerializable {}

  /** The change is durable. */
  public record Changed(long revision) implements Reply {}

  /**
   * The node exists, durably.
   *
   * @param created whether the import created it
   * @param token the one that waits to be used, whoever issued it; null if there is none
   */
  public record NodeImported(boolean created, NodeLedger.@Nullable Token token) implements Reply {}

  /** The command is illegal in the current state; nothing changed. */
  public record Rejected(Reason reason, String message) implements Reply {}

  /**
   * The session owns the node.
   *
   * @param memberships the VPNs of which the node is a member
   * @param entity the entity where it is now, for the session to watch; null if it is on a server
   *     of an earlier version
   */
  public record Owned(String sessionId, Set<VpnId> memberships, @Nullable ActorRef<Command> entity)
      implements Reply {}

  /**
   * The node as it is.
   *
   * @param owner the session that owns the node now, if one does
   */
  public record CurrentState(NodeSummary node, Credentials credentials, @Nullable Owner owner)
      implements Reply {}

  /** What administrators see of a node. */
  public record NodeSummary(
      NodeId node, NodeStatus status, Map<VpnId, Long> memberships, long revision) {}

  /**
   * What is needed to verify a logon. Holds verifiers and digests only.
   *
   * @param userName null while no password is set
   * @param verifier Argon2id in PHC string format, null while no password is set
   * @param certificateFingerprint SHA-256 of the bound certificate, null before enrolment
   * @param tokenExpiresAt when the outstanding token ends, null if there is none
   */
  public record Credentials(
      @Nullable String userName,
      @Nullable String verifier,
      @Nullable String certificateFingerprint,
      @Nullable Instant tokenExpiresAt) {
    /** Never shows a verifier. */
    @Override
    public String toString() {
      return "Credentials[userName=%s, certificateFingerprint=%s]"
          .formatted(userName, certificateFingerprint);
    }
  }

  /** The session that owns a node. */
  public record Owner(String sessionId, Instant logonAt, ActorRef<SessionMessage> session) {}

  /** Whether a node may log on. */
  public enum NodeStatus {
    /** Created, never enrolled. */
    CREATED,
    /** Has a certificate or a password. */
    ENROLLED,
    /** Forbidden by an administrator. */
    SUSPENDED,
    /** Gone. */
    DELETED
  }

  /** Why a command was rejected. */
  public enum Reason {
    /** There is no such node. */
    NOT_FOUND,
    /** The token is unknown, used or expired. */
    BAD_TOKEN,
    /** The node is suspended. */
    SUSPENDED,
    /** A newer session owns the node. */
    DISPLACED,
    /** A value is out of its range, or the command does not fit the node's state. */
    INVALID
  }

  /** What a Node entity tells the session that owns it, or owned it. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = MembershipsChanged.class, name = "memberships-changed"),
    @JsonSubTypes.Type(value = Displaced.class, name = "displaced"),
    @JsonSubTypes.Type(value = Revoked.class, name = "revoked")
  })
  public sealed interface SessionMessage extends CborSerializable {}

  /** The VPNs of which the node is a member now. */
  public record MembershipsChanged(Set<VpnId> memberships) implements SessionMessage {}

  /** Another session with a newer logon owns the node. */
  public record Displaced(String bySessionId) implements SessionMessage {}

  /** The node was suspended or deleted. */
  public record Revoked(String message) implements SessionMessage {}
}
