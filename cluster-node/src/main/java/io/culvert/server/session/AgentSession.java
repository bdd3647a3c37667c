package io.culvert.server.session;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.Applied;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Hello;
import io.culvert.protocol.v1.Logon;
import io.culvert.protocol.v1.Refusal;
import io.culvert.server.authentication.NodeAuthenticator;
import io.culvert.server.feed.FeedMember;
import io.culvert.server.feed.FeedRouter;
import io.culvert.server.feed.Presence;
import java.time.Duration;
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
  /** The version of the agent protocol that this server speaks. */
  private static final int VERSION = 1;

  private static final Duration LOGON_DEADLINE = Duration.ofSeconds(15);
  private static final Duration CLAIM_INTERVAL = Duration.ofSeconds(5);
  private static final int RETRY_MILLIS = 2_000;

  private final SessionEnvironment environment;
  private final TimerScheduler<Command> timers;
  private final Connection connection;
  private final AgentStream stream;
  private final String sessionId = UUID.randomUUID().toString();
  private final ViewSender views;
  private final JoinedVpns vpns;
  private final ActorRef<FeedMember.Message> member;
  private final ActorRef<NodeProtocol.SessionMessage> owner;
  private State state = State.CONNECTED;
  private @Nullable NodeId node;
  private @Nullable NodeClaim claim;
  private @Nullable Attributes attributes;
  private boolean announced;
  private boolean overtaken;
  private boolean leavesForGood;

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
    this.vpns = new JoinedVpns(environment.router(), member);
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
        .onSignal(PostStop.class, signal -> onStop())
        .build();
  }

  private Behavior<Command> onCommand(Command command) {
    return switch (command) {
      case FromAgent from -> {
        Behavior<Command> next = onFrame(from.frame());
        stream.requestNext();
        yield next;
      }
      case Malformed malformed -> violation("MALFORMED", "a frame is no AgentFrame");
      case StreamReady ready -> {
        views.flush().forEach(vpn -> router(new FeedRouter.ResyncVpn(vpn, member)));
        yield this;
      }
      case StreamEnded ended -> end();
      case LogonOverdue overdue ->
          isLinked()
              ? this
              : violation(
                  "LOGON_OVERDUE", "no logon within %d s".formatted(LOGON_DEADLINE.toSeconds()));
      case Decided decided -> onDecision(decided.decision());
      case ClaimAnswered answered -> onClaim(answered.reply());
      case OwnerRead read -> onOwnerRead(read.reply());
      case ClaimAgain again -> {
        makeClaim();
        yield this;
      }
      case NodeTold told -> onNode(told.message());
      case FeedTold told -> onFeed(told.message());
      case Drain drain -> {
        stream.send(Frames.cue(Cue.Kind.DRAIN, "the server is going to stop", drain.delayMillis()));
        yield this;
      }
      case ServerStops stops -> {
        stream.unavailable("the server is stopping");
        yield Behaviors.stopped();
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
        leavesForGood = true;
        yield end();
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
          "this server speaks version %d, the agent %s to %s"
              .formatted(
                  VERSION,
                  Integer.toUnsignedString(hello.getMinVersion()),
                  Integer.toUnsignedString(hello.getMaxVersion())),
          0);
    }
    state = State.GREETED;
    stream.send(Frames.welcome(VERSION, environment, connection));
    return this;
  }

  private Behavior<Command> onLogon(Logon logon) {
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
            (decision, failure) -> new Decided(decision));
    return this;
  }

  private Behavior<Command> onDecision(NodeAuthenticator.@Nullable Decision decision) {
    return switch (decision) {
      case NodeAuthenticator.Decision.Accepted(NodeId accepted) -> {
        node = accepted;
        claim =
            new NodeClaim(
                environment.nodes().apply(accepted),
                sessionId,
                environment.clock().instant(),
                owner);
        state = State.CLAIMING;
        makeClaim();
        yield this;
      }
      case NodeAuthenticator.Decision.Refused(Refusal refusal) -> refuse(refusal);
      case null -> unavailable("the server cannot verify the logon now");
    };
  }

  private Behavior<Command> onApplied(Applied applied) {
    VpnId vpn = vpns.find(applied.getVpnId());
    if (vpn != null) {
      router(
          new FeedRouter.AppliedVpn(
              vpn, member, applied.getFeedIncarnation(), applied.getRevision()));
    }
    return this;
  }

  private Behavior<Command> onResync(String vpnId) {
    VpnId vpn = vpns.find(vpnId);
    if (vpn != null) {
      router(new FeedRouter.ResyncVpn(vpn, member));
    }
    return this;
  }

  private Behavior<Command> onAttributes(Attributes changed) {
    String violation = AttributesRules.violation(changed);
    if (violation != null) {
      return violation("ATTRIBUTES", violation);
    }
    attributes = changed;
    announce();
    return this;
  }

  // ---- ownership ----

  private void makeClaim() {
    if (claim != null) {
      claim.make(getContext(), (reply, failure) -> new ClaimAnswered(reply));
      timers.startSingleTimer(ClaimAgain.INSTANCE, CLAIM_INTERVAL);
    }
  }

  private Behavior<Command> onClaim(NodeProtocol.@Nullable Reply reply) {
    return switch (reply) {
      case NodeProtocol.Owned mine -> onOwned(mine.memberships());
      case NodeProtocol.Rejected rejected ->
          isLinked() ? onClaimLost(rejected) : onClaimRejected(rejected);
      case null, default ->
          // The shard is moving. Who is linked stays linked; who is not yet tries elsewhere.
          isLinked() ? this : unavailable("the node's shard does not answer");
    };
  }

  private Behavior<Command> onClaimLost(NodeProtocol.Rejected rejected) {
    return rejected.reason() == NodeProtocol.Reason.DISPLACED
        ? displaced(rejected.message())
        : revoked(rejected.message());
  }

  private Behavior<Command> onClaimRejected(NodeProtocol.Rejected rejected) {
    return switch (rejected.reason()) {
      case DISPLACED -> overtake();
      case SUSPENDED -> refuse(Refusal.Code.SUSPENDED, rejected.message(), 0);
      case NOT_FOUND, BAD_TOKEN, INVALID ->
          refuse(Refusal.Code.BAD_CREDENTIALS, rejected.message(), 0);
    };
  }

  private Behavior<Command> overtake() {
    if (claim == null || overtaken) {
      return unavailable("another logon of the node came at the same time");
    }
    overtaken = true;
    timers.cancel(ClaimAgain.INSTANCE);
    claim.readOwner(getContext(), (reply, failure) -> new OwnerRead(reply));
    return this;
  }

  private Behavior<Command> onOwnerRead(NodeProtocol.@Nullable Reply reply) {
    if (claim == null || !(reply instanceof NodeProtocol.CurrentState current)) {
      return unavailable("the node's shard does not answer");
    }
    NodeProtocol.Owner other = current.owner();
    if (other != null) {
      claim.overtake(other.logonAt());
    }
    makeClaim();
    return this;
  }

  private Behavior<Command> onOwned(Set<VpnId> memberships) {
    if (state == State.CLAIMING) {
      state = State.SYNCHRONIZING;
      timers.cancel(LogonOverdue.INSTANCE);
      environment.logons().accepted();
      stream.send(Frames.accepted(sessionId, memberships));
      announce();
    }
    follow(memberships);
    return this;
  }

  private void announce() {
    if (node != null && claim != null && attributes != null) {
      announced = true;
      router(
          new FeedRouter.NodeOnline(
              node,
              new Presence(
                  sessionId,
                  claim.logonAt(),
                  environment.serverName(),
                  attributes.toByteString(),
                  ByteString.copyFrom(connection.remoteAddress()))));
    }
  }

  private void follow(Set<VpnId> memberships) {
    if (node != null) {
      vpns.follow(node, memberships).forEach(left -> views.leave(left, 0));
      finishSynchronization();
    }
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
    stream.send(Frames.cue(Cue.Kind.DISPLACED, message, 0));
    return end();
  }

  private Behavior<Command> revoked(String message) {
    leavesForGood = true;
    stream.send(Frames.cue(Cue.Kind.REVOKED, message, 0));
    return end();
  }

  // ---- views ----

  private Behavior<Command> onFeed(FeedMember.Message message) {
    if (!vpns.contains(message.vpn())) {
      return this;
    }
    boolean seen =
        switch (message) {
          case FeedMember.View view -> views.show(view);
          case FeedMember.Left left -> {
            views.leave(left.vpn(), left.revision());
            yield true;
          }
          case FeedMember.NotAMember no -> true;
        };
    if (seen) {
      vpns.seen(message.vpn());
      finishSynchronization();
    }
    return this;
  }

  private void finishSynchronization() {
    if (state == State.SYNCHRONIZING && vpns.allSeen()) {
      state = State.LINKED;
      stream.send(Frames.synchronizedOnce());
    }
  }

  // ---- endings ----

  private Behavior<Command> outOfState(String frame) {
    return violation("OUT_OF_STATE", "%s does not fit the state %s".formatted(frame, state));
  }

  private Behavior<Command> violation(String reason, String message) {
    environment.logons().violated(reason);
    stream.fail(message);
    return Behaviors.stopped();
  }

  private Behavior<Command> unavailable(String message) {
    return refuse(Refusal.Code.UNAVAILABLE, message, RETRY_MILLIS);
  }

  private Behavior<Command> refuse(Refusal.Code code, String message, int retryAfterMillis) {
    return refuse(Frames.refusal(code, message, retryAfterMillis));
  }

  private Behavior<Command> refuse(Refusal refusal) {
    environment.logons().refused(refusal.getCode().name());
    stream.send(Frames.refused(refusal));
    return end();
  }

  private Behavior<Command> end() {
    stream.complete();
    return Behaviors.stopped();
  }

  private void router(FeedRouter.Message message) {
    environment.router().tell(message);
  }

  /** However the session ends, also by a failure of its own. */
  private Behavior<Command> onStop() {
    stream.unavailable("the session ended; connect again");
    vpns.leaveAll();
    if (claim != null) {
      claim.release();
    }
    if (node != null && announced) {
      router(new FeedRouter.NodeOffline(node, sessionId, leavesForGood));
    }
    return this;
  }

  // ---- messages ----

  /** Anything that may be sent to a session. */
  public sealed interface Command {}

  /** A frame came. */
  public record FromAgent(AgentFrame frame) implements Command {}

  /** Bytes came that are no frame. */
  public enum Malformed implements Command {
    /** The only value. */
    INSTANCE
  }

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

  /** The server stops now. */
  public enum ServerStops implements Command {
    /** The only value. */
    INSTANCE
  }

  private enum LogonOverdue implements Command {
    INSTANCE
  }

  private enum ClaimAgain implements Command {
    INSTANCE
  }

  private record Decided(NodeAuthenticator.@Nullable Decision decision) implements Command {}

  private record ClaimAnswered(NodeProtocol.@Nullable Reply reply) implements Command {}

  private record OwnerRead(NodeProtocol.@Nullable Reply reply) implements Command {}

  private record NodeTold(NodeProtocol.SessionMessage message) implements Command {}

  private record FeedTold(FeedMember.Message message) implements Command {}
}
