package io.culvert.model.node;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.CborSerializable;
import io.culvert.model.journal.Decision;
import io.culvert.model.journal.RecentRequests;
import io.culvert.model.node.NodeProtocol.Changed;
import io.culvert.model.node.NodeProtocol.Credentials;
import io.culvert.model.node.NodeProtocol.NodeImported;
import io.culvert.model.node.NodeProtocol.NodeStatus;
import io.culvert.model.node.NodeProtocol.NodeSummary;
import io.culvert.model.node.NodeProtocol.Reason;
import io.culvert.model.node.NodeProtocol.Rejected;
import io.culvert.model.node.NodeProtocol.Reply;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The journalled state of a node. Immutable; {@link #decide} and {@link #apply} are pure.
 *
 * @param node the node's identity
 * @param lifecycle whether it exists
 * @param suspended whether logons are forbidden
 * @param password what verifies a password logon, null if there is none
 * @param certificateFingerprint SHA-256 of the bound certificate, lower-case hex; null before
 *     enrolment
 * @param token the outstanding enrolment token, null if there is none
 * @param memberships what each VPN told last, also that the node is no member any more
 * @param revision number of events
 * @param requests the last accepted changes
 */
public record NodeLedger(
    NodeId node,
    Lifecycle lifecycle,
    boolean suspended,
    @Nullable Password password,
    @Nullable String certificateFingerprint,
    @Nullable Token token,
    Map<VpnId, Mark> memberships,
    long revision,
    RecentRequests requests)
    implements CborSerializable {

  /** Copies the map. */
  public NodeLedger {
    memberships = Map.copyOf(memberships);
  }

  /** Before the first event. */
  public static NodeLedger absent(NodeId node) {
    return new NodeLedger(
        node, Lifecycle.ABSENT, false, null, null, null, Map.of(), 0, RecentRequests.NONE);
  }

  /** Whether the node may log on, for the eyes of administrators. */
  public NodeStatus status() {
    if (lifecycle == Lifecycle.DELETED) {
      return NodeStatus.DELETED;
    }
    if (suspended) {
      return NodeStatus.SUSPENDED;
    }
    return password == null && certificateFingerprint == null
        ? NodeStatus.CREATED
        : NodeStatus.ENROLLED;
  }

  /** The VPNs of which the node is a member. */
  public Set<VpnId> memberOf() {
    return memberships.entrySet().stream()
        .filter(entry -> entry.getValue().member())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What administrators see. */
  public NodeSummary summary() {
    Map<VpnId, Long> current =
        memberships.entrySet().stream()
            .filter(entry -> entry.getValue().member())
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, entry -> entry.getValue().revision()));
    return new NodeSummary(node, status(), current, revision);
  }

  /** What verifies a logon. */
  public Credentials credentials() {
    return new Credentials(
        password == null ? null : password.userName(),
        password == null ? null : password.verifier(),
        certificateFingerprint,
        token == null ? null : token.expiresAt());
  }

  /** What a change makes of this state at a time. */
  public Decision<NodeEvent, Reply> decide(NodeProtocol.Change command, Instant now) {
    OptionalLong earlier = requests.revisionOf(command.requestId());
    if (earlier.isPresent()) {
      return Decision.answer(
          command instanceof NodeProtocol.ImportNode
              ? new NodeImported(requests.produced(command.requestId(), 1), waitingToken(now))
              : new Changed(earlier.getAsLong()));
    }
    if (lifecycle != Lifecycle.ACTIVE
        && !(command instanceof NodeProtocol.CreateNode)
        && !(command instanceof NodeProtocol.ImportNode)) {
      return decideAbsent(command);
    }
    return switch (command) {
      case NodeProtocol.CreateNode create -> create(create, now);
      case NodeProtocol.ImportNode take -> importNode(take, now);
      case NodeProtocol.SetPassword set ->
          new Password(set.userName(), set.verifier()).equals(password)
              ? unchanged()
              : accept(
                  new NodeEvent.PasswordSet(set.requestId(), set.userName(), set.verifier(), now));
      case NodeProtocol.IssueToken issue -> issueToken(issue, now);
      case NodeProtocol.EnrolWithToken enrol -> enrolWithToken(enrol, now);
      case NodeProtocol.EnrolWithPassword enrol -> enrolWithPassword(enrol, now);
      case NodeProtocol.SuspendNode suspend ->
          suspended ? unchanged() : accept(new NodeEvent.NodeSuspended(suspend.requestId(), now));
      case NodeProtocol.ResumeNode resume ->
          suspended ? accept(new NodeEvent.NodeResumed(resume.requestId(), now)) : unchanged();
      case NodeProtocol.DeleteNode delete ->
          accept(new NodeEvent.NodeDeleted(delete.requestId(), now));
    };
  }

  private Decision<NodeEvent, Reply> decideAbsent(NodeProtocol.Change command) {
    if (command instanceof NodeProtocol.EnrolWithToken) {
      return reject(Reason.BAD_TOKEN, "the token is not valid");
    }
    return lifecycle == Lifecycle.DELETED && command instanceof NodeProtocol.DeleteNode
        ? unchanged()
        : reject(Reason.NOT_FOUND, "there is no node " + node);
  }

  private Decision<NodeEvent, Reply> create(NodeProtocol.CreateNode create, Instant now) {
    return switch (lifecycle) {
      case ABSENT -> accept(new NodeEvent.NodeCreated(create.requestId(), now));
      case ACTIVE -> unchanged();
      case DELETED -> retired();
    };
  }

  private Decision<NodeEvent, Reply> retired() {
    return reject(
        Reason.INVALID,
        "node %s was deleted and its name stays retired; choose another name".formatted(node));
  }

  private Decision<NodeEvent, Reply> importNode(NodeProtocol.ImportNode take, Instant now) {
    if (lifecycle == Lifecycle.DELETED) {
      return retired();
    }
    Token offered = take.token();
    if (offered != null && !offered.expiresAt().isAfter(now)) {
      return reject(Reason.BAD_TOKEN, "the token would have expired already");
    }
    Token waiting = waitingToken(now);
    boolean created = lifecycle == Lifecycle.ABSENT;
    List<NodeEvent> events = new ArrayList<>();
    if (created) {
      events.add(new NodeEvent.NodeCreated(take.requestId(), now));
    }
    if (offered != null && waiting == null && password == null && certificateFingerprint == null) {
      events.add(
          new NodeEvent.TokenIssued(take.requestId(), offered.digest(), offered.expiresAt(), now));
      waiting = offered;
    }
    Reply reply = new NodeImported(created, waiting);
    return events.isEmpty() ? Decision.answer(reply) : new Decision.Accept<>(events, reply);
  }

  private @Nullable Token waitingToken(Instant now) {
    return token != null && now.isBefore(token.expiresAt()) ? token : null;
  }

  private Decision<NodeEvent, Reply> issueToken(NodeProtocol.IssueToken issue, Instant now) {
    if (!issue.expiresAt().isAfter(now)) {
      return reject(Reason.INVALID, "the token would have expired already");
    }
    return new Token(issue.tokenDigest(), issue.expiresAt()).equals(token)
        ? unchanged()
        : accept(
            new NodeEvent.TokenIssued(
                issue.requestId(), issue.tokenDigest(), issue.expiresAt(), now));
  }

  private Decision<NodeEvent, Reply> enrolWithToken(
      NodeProtocol.EnrolWithToken enrol, Instant now) {
    if (token == null
        || !equalInConstantTime(token.digest(), enrol.tokenDigest())
        || !now.isBefore(token.expiresAt())) {
      return reject(Reason.BAD_TOKEN, "the token is not valid");
    }
    if (suspended) {
      return reject(Reason.SUSPENDED, "the node is suspended");
    }
    return accept(
        new NodeEvent.CertificateBound(
            enrol.requestId(), enrol.certificateFingerprint(), enrol.tokenDigest(), now));
  }

  private Decision<NodeEvent, Reply> enrolWithPassword(
      NodeProtocol.EnrolWithPassword enrol, Instant now) {
    if (suspended) {
      return reject(Reason.SUSPENDED, "the node is suspended");
    }
    return enrol.certificateFingerprint().equals(certificateFingerprint)
        ? unchanged()
        : accept(
            new NodeEvent.CertificateBound(
                enrol.requestId(), enrol.certificateFingerprint(), null, now));
  }

  private static boolean equalInConstantTime(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  /** What a VPN's word on a membership makes of this state. Older words are confirmed only. */
  public Decision<NodeEvent, Reply> record(NodeProtocol.RecordMembership command, Instant now) {
    if (lifecycle == Lifecycle.ABSENT || (lifecycle == Lifecycle.DELETED && command.member())) {
      return reject(Reason.NOT_FOUND, "there is no node " + node);
    }
    Mark known = memberships.get(command.vpn());
    return known != null && known.revision() >= command.revision()
        ? unchanged()
        : accept(
            new NodeEvent.MembershipRecorded(
                command.vpn(), command.member(), command.revision(), now));
  }

  /** The state after an event. */
  public NodeLedger apply(NodeEvent event) {
    Draft draft = new Draft(this);
    switch (event) {
      case NodeEvent.NodeCreated e -> {
        draft.lifecycle = Lifecycle.ACTIVE;
        draft.request(e.requestId());
      }
      case NodeEvent.PasswordSet e -> {
        draft.password = new Password(e.userName(), e.verifier());
        draft.request(e.requestId());
      }
      case NodeEvent.TokenIssued e -> {
        draft.token = new Token(e.tokenDigest(), e.expiresAt());
        draft.request(e.requestId());
      }
      case NodeEvent.CertificateBound e -> {
        draft.certificateFingerprint = e.certificateFingerprint();
        draft.token = e.spentTokenDigest() == null ? token : null;
        draft.request(e.requestId());
      }
      case NodeEvent.NodeSuspended e -> {
        draft.suspended = true;
        draft.request(e.requestId());
      }
      case NodeEvent.NodeResumed e -> {
        draft.suspended = false;
        draft.request(e.requestId());
      }
      case NodeEvent.NodeDeleted e -> {
        draft.lifecycle = Lifecycle.DELETED;
        draft.password = null;
        draft.certificateFingerprint = null;
        draft.token = null;
        draft.request(e.requestId());
      }
      case NodeEvent.MembershipRecorded e ->
          draft.memberships.put(e.vpn(), new Mark(e.member(), e.revision()));
    }
    return draft.next();
  }

  private Decision<NodeEvent, Reply> accept(NodeEvent event) {
    return Decision.accept(event, new Changed(revision + 1));
  }

  private Decision<NodeEvent, Reply> unchanged() {
    return Decision.answer(new Changed(revision));
  }

  private static Decision<NodeEvent, Reply> reject(Reason reason, String message) {
    return Decision.answer(new Rejected(reason, message));
  }

  /** Whether the node exists. */
  public enum Lifecycle {
    /** Never created. */
    ABSENT,
    /** In use. */
    ACTIVE,
    /** Deleted; the name stays retired. */
    DELETED
  }

  /** Verifies a password logon. */
  public record Password(String userName, String verifier) {
    /** Never shows the verifier. */
    @Override
    public String toString() {
      return "Password[" + userName + "]";
    }
  }

  /** An outstanding enrolment token. */
  public record Token(String digest, Instant expiresAt) {
    /** Never shows the digest. */
    @Override
    public String toString() {
      return "Token[expiresAt=" + expiresAt + "]";
    }
  }

  /** A VPN's last word on this node: member or not, as of the VPN's revision. */
  public record Mark(boolean member, long revision) {}

  /** The next state while one event is applied. */
  private static final class Draft {
    private final NodeLedger before;
    private final Map<VpnId, Mark> memberships;
    private Lifecycle lifecycle;
    private boolean suspended;
    private @Nullable Password password;
    private @Nullable String certificateFingerprint;
    private @Nullable Token token;
    private RecentRequests requests;

    Draft(NodeLedger before) {
      this.before = before;
      this.memberships = new HashMap<>(before.memberships);
      this.lifecycle = before.lifecycle;
      this.suspended = before.suspended;
      this.password = before.password;
      this.certificateFingerprint = before.certificateFingerprint;
      this.token = before.token;
      this.requests = before.requests;
    }

    void request(String requestId) {
      requests = requests.with(requestId, before.revision + 1);
    }

    NodeLedger next() {
      return new NodeLedger(
          before.node,
          lifecycle,
          suspended,
          password,
          certificateFingerprint,
          token,
          memberships,
          before.revision + 1,
          requests);
    }
  }
}
