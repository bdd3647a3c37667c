package io.culvert.server.session;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Hello;
import io.culvert.protocol.v1.Logon;
import io.culvert.protocol.v1.Refusal;
import io.culvert.server.admission.Origin;
import io.culvert.server.authentication.NodeAuthenticator;
import io.culvert.server.authentication.ResumptionTicket;
import io.culvert.server.feed.FeedMember;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * One connected agent, in the states of its link:
 *
 * <pre>
 *   CONNECTED --Hello--> GREETED --Logon--> AUTHENTICATING --decision--> CLAIMING --Owned--> SYNCHRONIZING
 *      --all views sent--> LINKED          any state --refusal, displacement, revocation, end of stream--> stopped
 *   GREETED --Logon with a good ticket--> SYNCHRONIZING, and the claim goes on beside
 * </pre>
 *
 * The parts know the rest: {@link LogonRequest} what may be decided, {@link NodeOwnership} whose
 * the node is, {@link NodePresence} what others hear of it, {@link VpnViews} what the agent sees,
 * {@link Farewell} how it ends.
 *
 * <p>What the agent is slow to read is not queued: while the stream is not ready the session only
 * remembers which VPNs have changed, and asks for their snapshots when it is ready again.
 */
public final class AgentSession extends AbstractBehavior<AgentSession.Command> {
  private static final Duration LOGON_DEADLINE = Duration.ofSeconds(15);

  private final SessionEnvironment environment;
  private final TimerScheduler<Command> timers;
  private final Connection connection;
  private final AgentStream stream;
  private final VpnViews views;
  private final TicketOffice tickets;
  private final Farewell farewell;
  private State state = State.CONNECTED;
  private @Nullable Node node;

  private enum State {
    CONNECTED,
    GREETED,
    AUTHENTICATING,
    CLAIMING,
    SYNCHRONIZING,
    LINKED
  }

  /** What there is once the logon was accepted. */
  private record Node(NodeOwnership ownership, NodePresence presence) {}

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
    this.views =
        new VpnViews(
            environment, context.messageAdapter(FeedMember.Message.class, FeedTold::new), stream);
    this.tickets = new TicketOffice(environment, connection, stream);
    this.farewell = new Farewell(stream, environment.logons());
    timers.startSingleTimer(LogonOverdue.INSTANCE, LOGON_DEADLINE);
  }

  /** The session's behavior. */
  public static Behavior<Command> create(
      SessionEnvironment environment, Connection connection, AgentStream stream) {
    return Behaviors.withTimers(
        timers ->
            Behaviors.setup(
                context -> {
                  // Otherwise its first timer walks the stack to find the name.
                  context.setLoggerName(AgentSession.class);
                  return new AgentSession(context, timers, environment, connection, stream);
                }));
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
      case Malformed malformed -> farewell.violation("MALFORMED", "a frame is no AgentFrame");
      case StreamReady ready -> {
        views.onStreamReady();
        yield this;
      }
      case StreamEnded ended -> farewell.end();
      case LogonOverdue overdue -> onLogonOverdue();
      case Decided decided -> onDecision(decided.decision(), decided.attributes());
      case NodeOwnership.Message message -> node == null ? this : onOwnership(node, message);
      case FeedTold told -> {
        views.onFeed(told.message());
        yield finishSynchronization();
      }
      case Drain drain -> {
        stream.send(Frames.cue(Cue.Kind.DRAIN, "the server is going to stop", drain.delayMillis()));
        yield this;
      }
      case Move move -> {
        if (state == State.LINKED) {
          stream.send(
              Frames.cue(Cue.Kind.DRAIN, "another server has more room", move.delayMillis()));
        }
        yield this;
      }
      case ServerStops stops -> farewell.serverStops();
    };
  }

  // ---- frames of the agent ----

  private Behavior<Command> onFrame(AgentFrame frame) {
    return switch (frame.getFrameCase()) {
      case HELLO -> state == State.CONNECTED ? onHello(frame.getHello()) : outOfState("Hello");
      case LOGON -> state == State.GREETED ? onLogon(frame.getLogon()) : outOfState("Logon");
      case APPLIED, RESYNC, ATTRIBUTES, PULL -> onLinkedFrame(frame);
      case LOGOFF -> farewell.logoff();
      // A newer agent's frame of a kind that this version does not know.
      case FRAME_NOT_SET -> this;
    };
  }

  private Behavior<Command> onHello(Hello hello) {
    Refusal refusal = LogonRequest.refusal(hello);
    if (refusal != null) {
      return farewell.refused(refusal);
    }
    state = State.GREETED;
    stream.send(Frames.welcome(LogonRequest.VERSION, environment, connection));
    return this;
  }

  private Behavior<Command> onLogon(Logon logon) {
    return switch (LogonRequest.of(logon)) {
      case LogonRequest.Invalid(Refusal refusal) -> farewell.refused(refusal);
      case LogonRequest.Valid(var claimed, var password, var ticket, var attributes) -> {
        int wait = environment.slots().ask();
        if (wait > 0) {
          yield farewell.busy(wait);
        }
        if (attributes.getPullIntervalMs() != 0) {
          views.willPull();
        }
        Optional<ResumptionTicket> taken = tickets.take(ticket, claimed);
        if (taken.isPresent()) {
          yield resume(taken.get(), attributes);
        }
        state = State.AUTHENTICATING;
        getContext()
            .pipeToSelf(
                environment
                    .authenticator()
                    .logon(
                        claimed,
                        password,
                        connection.certificate(),
                        Origin.of(connection.remoteAddress())),
                (decision, failure) -> new Decided(decision, attributes));
        yield this;
      }
    };
  }

  private Behavior<Command> onLogonOverdue() {
    return isLinked()
        ? this
        : farewell.violation(
            "LOGON_OVERDUE", "no logon within %d s".formatted(LOGON_DEADLINE.toSeconds()));
  }

  private boolean isLinked() {
    return state == State.SYNCHRONIZING || state == State.LINKED;
  }

  private Behavior<Command> onLinkedFrame(AgentFrame frame) {
    if (node == null || !isLinked()) {
      return outOfState(
          switch (frame.getFrameCase()) {
            case APPLIED -> "Applied";
            case RESYNC -> "Resync";
            case PULL -> "Pull";
            default -> "Attributes";
          });
    }
    if (frame.hasApplied()) {
      views.onApplied(frame.getApplied());
    } else if (frame.hasResync()) {
      views.onResync(frame.getResync().getVpnId());
    } else if (frame.hasPull()) {
      views.onPull();
    } else {
      return onAttributes(node, frame.getAttributes());
    }
    return this;
  }

  private Behavior<Command> onAttributes(Node node, Attributes changed) {
    String violation = AttributesRules.violation(changed);
    if (violation != null) {
      return farewell.violation("ATTRIBUTES", violation);
    }
    node.presence().change(changed);
    node.presence().announce(node.ownership().logonAt());
    return this;
  }

  private Behavior<Command> outOfState(String frame) {
    return farewell.violation(
        "OUT_OF_STATE", "%s does not fit the state %s".formatted(frame, state));
  }

  // ---- the node ----

  private Behavior<Command> onDecision(
      NodeAuthenticator.@Nullable Decision decision, Attributes attributes) {
    return switch (decision) {
      case NodeAuthenticator.Decision.Accepted(NodeId accepted) -> {
        String sessionId = Lineage.begin();
        Node fresh =
            new Node(
                NodeOwnership.verified(
                    getContext(),
                    timers,
                    environment.claims(),
                    environment.nodes().apply(accepted),
                    sessionId,
                    environment.clock().instant()),
                new NodePresence(environment, connection, accepted, sessionId, attributes));
        node = fresh;
        state = State.CLAIMING;
        fresh.ownership().claim();
        yield this;
      }
      case NodeAuthenticator.Decision.Refused(Refusal refusal) -> farewell.refused(refusal);
      case null -> farewell.unavailable("the server cannot verify the logon now");
    };
  }

  /** Linked at once; whether the node is still the agent's is settled when its entity answers. */
  private Behavior<Command> resume(ResumptionTicket ticket, Attributes attributes) {
    String sessionId = Lineage.resume(ticket.lineage());
    Node resumed =
        new Node(
            NodeOwnership.presumed(
                getContext(),
                timers,
                environment.claims(),
                environment.nodes().apply(ticket.node()),
                sessionId,
                environment.clock().instant(),
                ticket),
            new NodePresence(environment, connection, ticket.node(), sessionId, attributes));
    node = resumed;
    resumed.ownership().claimInTurn();
    environment.logons().resumed();
    return accept(resumed, ticket.memberships());
  }

  private Behavior<Command> onOwnership(Node node, NodeOwnership.Message message) {
    return switch (node.ownership().on(message)) {
      case NodeOwnership.Verdict.Owned(Set<VpnId> memberships) -> onOwned(node, memberships);
      case NodeOwnership.Verdict.Unchanged unchanged -> this;
      case NodeOwnership.Verdict.Displaced(String because) -> farewell.displaced(because);
      case NodeOwnership.Verdict.Revoked(String because) -> farewell.revoked(because);
      case NodeOwnership.Verdict.Refused(Refusal refusal) -> farewell.refused(refusal);
      case NodeOwnership.Verdict.Unavailable(String because) -> farewell.unavailable(because);
    };
  }

  private Behavior<Command> onOwned(Node node, Set<VpnId> memberships) {
    if (state == State.CLAIMING) {
      environment.logons().accepted();
      accept(node, memberships);
    } else {
      views.follow(node.presence().node(), memberships);
      finishSynchronization();
    }
    if (state == State.LINKED) {
      tickets.renew(node.presence().node(), node.ownership());
    }
    return this;
  }

  private Behavior<Command> accept(Node node, Set<VpnId> memberships) {
    state = State.SYNCHRONIZING;
    timers.cancel(LogonOverdue.INSTANCE);
    stream.send(Frames.accepted(node.ownership().sessionId(), memberships));
    views.announced(memberships);
    node.presence().announce(node.ownership().logonAt());
    views.follow(node.presence().node(), memberships);
    return finishSynchronization();
  }

  private Behavior<Command> finishSynchronization() {
    if (state == State.SYNCHRONIZING && views.allSeen()) {
      state = State.LINKED;
      stream.send(Frames.synchronizedOnce());
      stream.logonOver();
      if (node != null) {
        tickets.renew(node.presence().node(), node.ownership());
      }
    }
    return this;
  }

  /** However the session ends, also by a failure of its own. */
  private Behavior<Command> onStop() {
    farewell.stopped();
    views.leaveAll();
    if (node != null) {
      node.ownership().release();
      node.presence().end(farewell.isForGood());
    }
    return this;
  }

  // ---- messages ----

  /** Anything that may be sent to a session. */
  public sealed interface Command
      permits FromAgent,
          Malformed,
          StreamReady,
          StreamEnded,
          Drain,
          Move,
          ServerStops,
          LogonOverdue,
          Decided,
          FeedTold,
          NodeOwnership.Message {}

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

  /** Another server has fewer agents: this one should move after the delay, if it is linked. */
  public record Move(int delayMillis) implements Command {}

  /** The server stops now. */
  public enum ServerStops implements Command {
    /** The only value. */
    INSTANCE
  }

  private enum LogonOverdue implements Command {
    INSTANCE
  }

  private record Decided(NodeAuthenticator.@Nullable Decision decision, Attributes attributes)
      implements Command {}

  private record FeedTold(FeedMember.Message message) implements Command {}
}
