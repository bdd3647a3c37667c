package io.culvert.server.session;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.protocol.v1.Accepted;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.Applied;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Endpoint;
import io.culvert.protocol.v1.Hello;
import io.culvert.protocol.v1.LogonResult;
import io.culvert.protocol.v1.Refusal;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Synchronized;
import io.culvert.protocol.v1.Welcome;
import io.culvert.server.authentication.NodeAuthenticator;
import io.culvert.server.feed.FeedMember;
import io.culvert.server.feed.FeedRouter;
import io.culvert.server.feed.Presence;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * One connected agent: logon, ownership of its node, its views, its farewell.
 *
 * <pre>
 *   CONNECTED --Hello--> GREETED --Logon--> AUTHENTICATING --decision--> CLAIMING --Owned--> SYNCHRONIZING
 *      --all views sent--> LINKED          any state --refusal, displacement, revocation, end of stream--> stopped
 * </pre>
 *
 * What the agent is slow to read is not queued: while the stream is not ready the session only
 * remembers which VPNs have changed, and asks for their snapshots when it is ready again.
 */
public final class AgentSession extends AbstractBehavior<AgentSession.Command> {
  /** The versions of the agent protocol that this server speaks. */
  private static final int VERSION = 1;

  private static final Duration LOGON_DEADLINE = Duration.ofSeconds(15);
  private static final Duration CLAIM_INTERVAL = Duration.ofSeconds(5);
  private static final Duration CLAIM_TIMEOUT = Duration.ofSeconds(3);
  private static final int RETRY_MILLIS = 2_000;

  private final SessionEnvironment environment;
  private final TimerScheduler<Command> timers;
  private final Connection connection;
  private final AgentStream stream;
  private final String sessionId = UUID.randomUUID().toString();
  private final ViewSender views;
  private final ActorRef<FeedMember.Message> member;
  private final ActorRef<NodeProtocol.SessionMessage> owner;
  private State state = State.CONNECTED;
  private @Nullable NodeId node;
  private @Nullable Attributes attributes;
  private Instant logonAt = Instant.EPOCH;
  private boolean loggedOff;
  private boolean owned;
  private final Set<VpnId> joined = new HashSet<>();
  private final Set<VpnId> unsynchronized = new HashSet<>();

  private enum State {
    CONNECTED,
    GREETED,
    AUTHENTICATING,
    CLAIMING,
    SYNCHRONIZING,
    LINKED
  }

  private AgentSession(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      SessionEnvironment environment,
      Connection connection,
      AgentStream stream) {
    super(context);
    this.timers = timers;
    this.environment = environment;
    this.connection = connection;
    this.stream = stream;
    this.views = new ViewSender(stream, new PairSecrets(environment.masterKey()));
    this.member = context.messageAdapter(FeedMember.Message.class, FeedTold::new);
    this.owner = context.messageAdapter(NodeProtocol.SessionMessage.class, NodeTold::new);
    timers.startSingleTimer(LogonOverdue.INSTANCE, LOGON_DEADLINE);
  }

  /** The session's behavior. */
  public static Behavior<Command> create(
      SessionEnvironment environment, Connection connection, AgentStream stream) {
    return Behaviors.withTimers(
        timers ->
            Behaviors.setup(
                context -> new AgentSession(context, timers, environment, connection, stream)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Command.class, this::onCommand)
        .onSignal(
            PostStop.class,
            signal -> {
              leaveEverything();
              return this;
            })
        .build();
  }

  private Behavior<Command> onCommand(Command command) {
    return switch (command) {
      case FromAgent from -> {
        Behavior<Command> next = onFrame(from.frame());
        stream.requestNext();
        yield next;
      }
      case StreamReady ready -> {
        views.flush().forEach(vpn -> router(new FeedRouter.ResyncVpn(vpn, member)));
        yield this;
      }
      case StreamEnded ended -> Behaviors.stopped();
      case LogonOverdue overdue ->
          state == State.SYNCHRONIZING || state == State.LINKED
              ? this
              : fail("no logon within %d s".formatted(LOGON_DEADLINE.toSeconds()));
      case Decided decided -> onDecision(decided.decision());
      case ClaimAnswered answered -> onClaim(answered.reply());
      case ClaimAgain again -> {
        claim();
        yield this;
      }
      case NodeTold told -> onNode(told.message());
      case FeedTold told -> onFeed(told.message());
      case Drain drain -> {
        sendCue(Cue.Kind.DRAIN, "the server is going to stop", drain.delayMillis());
        yield this;
      }
    };
  }

  // ---- frames of the agent ----

  private Behavior<Command> onFrame(AgentFrame frame) {
    return switch (frame.getFrameCase()) {
      case HELLO -> state == State.CONNECTED ? onHello(frame.getHello()) : outOfState("Hello");
      case LOGON -> state == State.GREETED ? onLogon(frame.getLogon()) : outOfState("Logon");
      case APPLIED -> isLinked() ? onApplied(frame.getApplied()) : outOfState("Applied");
      case RESYNC -> isLinked() ? onResync(frame.getResync().getVpnId()) : outOfState("Resync");
      case ATTRIBUTES ->
          isLinked() ? onAttributes(frame.getAttributes()) : outOfState("Attributes");
      case LOGOFF -> {
        loggedOff = true;
        stream.complete();
        yield Behaviors.stopped();
      }
      // A newer agent's frame of a kind that this version does not know.
      case FRAME_NOT_SET -> this;
    };
  }

  private boolean isLinked() {
    return state == State.SYNCHRONIZING || state == State.LINKED;
  }

  private Behavior<Command> onHello(Hello hello) {
    if (hello.getMinVersion() > VERSION || hello.getMaxVersion() < VERSION) {
      return refuse(
          Refusal.Code.VERSION,
          "this server speaks version %d, the agent %d to %d"
              .formatted(VERSION, hello.getMinVersion(), hello.getMaxVersion()),
          0);
    }
    state = State.GREETED;
    send(
        ServerFrame.newBuilder()
            .setWelcome(
                Welcome.newBuilder()
                    .setVersion(VERSION)
                    .setServerName(environment.serverName())
                    .setServerVersion(environment.serverVersion())
                    .setObserved(
                        Endpoint.newBuilder()
                            .setAddress(ByteString.copyFrom(connection.remoteAddress()))
                            .setPort(connection.remotePort()))));
    return this;
  }

  private Behavior<Command> onLogon(io.culvert.protocol.v1.Logon logon) {
    String violation = AttributesRules.violation(logon.getAttributes());
    if (violation != null) {
      return refuse(Refusal.Code.BAD_REQUEST, violation, 0);
    }
    NodeId claimed;
    try {
      claimed = NodeId.parse(logon.getNodeId());
    } catch (IllegalArgumentException e) {
      return refuse(Refusal.Code.BAD_REQUEST, String.valueOf(e.getMessage()), 0);
    }
    state = State.AUTHENTICATING;
    attributes = logon.getAttributes();
    getContext()
        .pipeToSelf(
            environment
                .authenticator()
                .logon(
                    claimed,
                    logon.hasPassword() ? logon.getPassword() : null,
                    connection.certificate()),
            (decision, failure) ->
                new Decided(
                    decision != null
                        ? decision
                        : new NodeAuthenticator.Decision.Refused(
                            refusal(
                                Refusal.Code.UNAVAILABLE,
                                "the server cannot verify the logon now",
                                RETRY_MILLIS))));
    return this;
  }

  private Behavior<Command> onDecision(NodeAuthenticator.Decision decision) {
    return switch (decision) {
      case NodeAuthenticator.Decision.Accepted accepted -> {
        node = accepted.node();
        logonAt = environment.clock().instant();
        state = State.CLAIMING;
        environment.logons().accepted();
        claim();
        yield this;
      }
      case NodeAuthenticator.Decision.Refused refused -> {
        environment.logons().refused(refused.refusal().getCode().name());
        yield refuse(refused.refusal());
      }
    };
  }

  private Behavior<Command> onApplied(Applied applied) {
    VpnId vpn = known(applied.getVpnId());
    if (vpn != null) {
      router(
          new FeedRouter.AppliedVpn(
              vpn, member, applied.getFeedIncarnation(), applied.getRevision()));
    }
    return this;
  }

  private Behavior<Command> onResync(String vpnId) {
    VpnId vpn = known(vpnId);
    if (vpn != null) {
      router(new FeedRouter.ResyncVpn(vpn, member));
    }
    return this;
  }

  /** A VPN of this session, null for any other text: the agent may not have seen a change yet. */
  private @Nullable VpnId known(String vpnId) {
    for (VpnId vpn : joined) {
      if (vpn.toString().equals(vpnId)) {
        return vpn;
      }
    }
    return null;
  }

  private Behavior<Command> onAttributes(Attributes changed) {
    String violation = AttributesRules.violation(changed);
    if (violation != null) {
      return fail(violation);
    }
    attributes = changed;
    announce();
    return this;
  }

  // ---- ownership ----

  private void claim() {
    if (node == null) {
      return;
    }
    getContext()
        .ask(
            NodeProtocol.Reply.class,
            environment.nodes().apply(node),
            CLAIM_TIMEOUT,
            replyTo -> new NodeProtocol.ClaimSession(sessionId, logonAt, owner, replyTo),
            (reply, failure) -> new ClaimAnswered(reply));
    timers.startSingleTimer(ClaimAgain.INSTANCE, CLAIM_INTERVAL);
  }

  private Behavior<Command> onClaim(NodeProtocol.@Nullable Reply reply) {
    return switch (reply) {
      case NodeProtocol.Owned mine -> onOwned(mine.memberships());
      case NodeProtocol.Rejected rejected -> onClaimRejected(rejected);
      case null, default ->
          // The shard is moving. Who is linked stays linked; who is not yet tries elsewhere.
          state == State.CLAIMING
              ? refuse(Refusal.Code.UNAVAILABLE, "the node's shard does not answer", RETRY_MILLIS)
              : this;
    };
  }

  private Behavior<Command> onClaimRejected(NodeProtocol.Rejected rejected) {
    return switch (rejected.reason()) {
      case DISPLACED -> displaced(rejected.message());
      case SUSPENDED -> revoked(rejected.message());
      case NOT_FOUND, BAD_TOKEN, INVALID -> revoked(rejected.message());
    };
  }

  private Behavior<Command> onOwned(Set<VpnId> memberships) {
    if (state == State.CLAIMING) {
      state = State.SYNCHRONIZING;
      timers.cancel(LogonOverdue.INSTANCE);
      Accepted.Builder accepted = Accepted.newBuilder().setSessionId(sessionId);
      memberships.stream().sorted().forEach(vpn -> accepted.addVpnIds(vpn.toString()));
      send(ServerFrame.newBuilder().setLogonResult(LogonResult.newBuilder().setAccepted(accepted)));
      owned = true;
      announce();
      unsynchronized.addAll(memberships);
    }
    follow(memberships);
    finishSynchronization();
    return this;
  }

  private void announce() {
    if (node != null && attributes != null) {
      router(
          new FeedRouter.NodeOnline(
              node,
              new Presence(
                  sessionId,
                  logonAt,
                  environment.serverName(),
                  attributes.toByteString(),
                  ByteString.copyFrom(connection.remoteAddress()))));
    }
  }

  private void follow(Set<VpnId> memberships) {
    for (VpnId vpn : memberships) {
      if (node != null && joined.add(vpn)) {
        router(new FeedRouter.JoinVpn(vpn, node, member));
      }
    }
    for (VpnId vpn : Set.copyOf(joined)) {
      if (!memberships.contains(vpn)) {
        leave(vpn);
      }
    }
  }

  private void leave(VpnId vpn) {
    joined.remove(vpn);
    unsynchronized.remove(vpn);
    router(new FeedRouter.LeaveVpn(vpn, member));
    views.leave(vpn, 0);
  }

  private Behavior<Command> onNode(NodeProtocol.SessionMessage message) {
    return switch (message) {
      case NodeProtocol.MembershipsChanged changed -> {
        if (isLinked()) {
          follow(changed.memberships());
        }
        yield this;
      }
      case NodeProtocol.Displaced displaced ->
          displaced("a newer session owns the node: " + displaced.bySessionId());
      case NodeProtocol.Revoked revoked -> revoked(revoked.message());
    };
  }

  private Behavior<Command> displaced(String message) {
    owned = false;
    sendCue(Cue.Kind.DISPLACED, message, 0);
    stream.complete();
    return Behaviors.stopped();
  }

  private Behavior<Command> revoked(String message) {
    loggedOff = true;
    sendCue(Cue.Kind.REVOKED, message, 0);
    stream.complete();
    return Behaviors.stopped();
  }

  // ---- views ----

  private Behavior<Command> onFeed(FeedMember.Message message) {
    if (!joined.contains(message.vpn())) {
      return this;
    }
    boolean answered =
        switch (message) {
          case FeedMember.View view -> views.show(view);
          case FeedMember.Left left -> {
            views.leave(left.vpn(), left.revision());
            yield true;
          }
          case FeedMember.NotAMember no -> true;
        };
    if (answered) {
      unsynchronized.remove(message.vpn());
    }
    finishSynchronization();
    return this;
  }

  private void finishSynchronization() {
    if (state == State.SYNCHRONIZING && unsynchronized.isEmpty()) {
      state = State.LINKED;
      send(ServerFrame.newBuilder().setSynchronized(Synchronized.getDefaultInstance()));
    }
  }

  // ---- endings ----

  private Behavior<Command> outOfState(String frame) {
    return fail("%s does not fit the state %s".formatted(frame, state));
  }

  private Behavior<Command> fail(String reason) {
    stream.fail(reason);
    return Behaviors.stopped();
  }

  private Behavior<Command> refuse(Refusal.Code code, String message, int retryAfterMillis) {
    return refuse(refusal(code, message, retryAfterMillis));
  }

  private Behavior<Command> refuse(Refusal refusal) {
    send(ServerFrame.newBuilder().setLogonResult(LogonResult.newBuilder().setRefused(refusal)));
    stream.complete();
    return Behaviors.stopped();
  }

  private static Refusal refusal(Refusal.Code code, String message, int retryAfterMillis) {
    return Refusal.newBuilder()
        .setCode(code)
        .setMessage(message)
        .setRetryAfterMs(retryAfterMillis)
        .build();
  }

  private void sendCue(Cue.Kind kind, String message, int delayMillis) {
    send(
        ServerFrame.newBuilder()
            .setCue(Cue.newBuilder().setKind(kind).setMessage(message).setDelayMs(delayMillis)));
  }

  private void send(ServerFrame.Builder frame) {
    stream.send(frame.build().toByteString());
  }

  private void router(FeedRouter.Message message) {
    environment.router().tell(message);
  }

  private void leaveEverything() {
    Set.copyOf(joined).forEach(vpn -> router(new FeedRouter.LeaveVpn(vpn, member)));
    if (node != null && owned) {
      router(new FeedRouter.NodeOffline(node, sessionId, loggedOff));
      environment.nodes().apply(node).tell(new NodeProtocol.ReleaseSession(sessionId));
    }
  }

  // ---- messages ----

  /** Anything that may be sent to a session. */
  public sealed interface Command {}

  /** A frame came. */
  public record FromAgent(AgentFrame frame) implements Command {}

  /** The stream takes frames again. */
  public enum StreamReady implements Command {
    /** The only value. */
    INSTANCE
  }

  /** The agent or the network ended the stream. */
  public enum StreamEnded implements Command {
    /** The only value. */
    INSTANCE
  }

  /** The server is going to stop: the agent should move after the delay. */
  public record Drain(int delayMillis) implements Command {}

  private enum LogonOverdue implements Command {
    INSTANCE
  }

  private enum ClaimAgain implements Command {
    INSTANCE
  }

  private record Decided(NodeAuthenticator.Decision decision) implements Command {}

  private record ClaimAnswered(NodeProtocol.@Nullable Reply reply) implements Command {}

  private record NodeTold(NodeProtocol.SessionMessage message) implements Command {}

  private record FeedTold(FeedMember.Message message) implements Command {}
}
