package io.culvert.server.session;

import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.protocol.v1.Refusal;
import io.culvert.server.admission.ClaimPace;
import io.culvert.server.authentication.ResumptionTicket;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The life of a session's claim to its node, from the first one to the release, and what each
 * answer means. The Node entity does not journal who owns the node: the session watches it, and
 * claims again when it has ended, because its shard moves or its server is lost. What watching
 * might miss is found by repeating the claim, seldom while the entity is watched.
 *
 * <p>Owned by the session's actor, through which its messages come.
 */
final class NodeOwnership {
  /** Between two claims while there is no entity to watch. */
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  /** Between two claims while there is one; up to a tenth less, so that sessions spread. */
  private static final Duration LONG_INTERVAL = Duration.ofSeconds(60);

  /**
   * A linked agent's claim lets others go first for so long, and no longer than half its ticket.
   */
  private static final Duration LONGEST_PRESUMPTION = Duration.ofMinutes(2);

  /** Who lets others go first looks again after this time, or when it would be its turn. */
  private static final Duration COURTESY = Duration.ofSeconds(1);

  /** Sessions whose entities end together, with a server, do not all claim in one moment. */
  private static final Duration SPREAD = Duration.ofSeconds(1);

  private final ActorContext<AgentSession.Command> context;
  private final TimerScheduler<AgentSession.Command> timers;
  private final ClaimPace pace;
  private final NodeClaim claim;
  private final String sessionId;
  private Standing standing;
  private Set<VpnId> memberships = Set.of();
  private boolean overtaken;

  /** How long a claim may wait for its turn at most, with all that it lets others go first. */
  private Duration longestWait = ClaimPace.HORIZON;

  /** How long the next claim has waited, when its turn comes. */
  private Duration waited = Duration.ZERO;

  private @Nullable ActorRef<NodeProtocol.Command> watched;

  private enum Standing {
    /** The agent waits for the entity's answer. */
    CLAIMED,
    /** A ticket says that the node was the agent's a few minutes ago; the entity is silent yet. */
    PRESUMED,
    /** The entity has said so, and repeats it. */
    OWNED
  }

  private NodeOwnership(
      ActorContext<AgentSession.Command> context,
      TimerScheduler<AgentSession.Command> timers,
      ClaimPace pace,
      RecipientRef<NodeProtocol.Command> entity,
      String sessionId,
      Instant logonAt,
      Standing standing) {
    ActorRef<NodeProtocol.SessionMessage> owner =
        context.messageAdapter(NodeProtocol.SessionMessage.class, Told::new);
    this.context = context;
    this.timers = timers;
    this.pace = pace;
    this.sessionId = sessionId;
    this.standing = standing;
    this.claim = new NodeClaim(entity, sessionId, logonAt, owner);
  }

  /** Of a session whose credentials were verified. Nothing is claimed before {@link #claim}. */
  static NodeOwnership verified(
      ActorContext<AgentSession.Command> context,
      TimerScheduler<AgentSession.Command> timers,
      ClaimPace pace,
      RecipientRef<NodeProtocol.Command> entity,
      String sessionId,
      Instant now) {
    return new NodeOwnership(context, timers, pace, entity, sessionId, now, Standing.CLAIMED);
  }

  /**
   * Of a session with a ticket: the node counts as owned until the entity says otherwise, but not
   * beyond the end of the ticket. Its logon is newer than the one that the ticket was given to,
   * however far the servers' clocks differ.
   */
  static NodeOwnership presumed(
      ActorContext<AgentSession.Command> context,
      TimerScheduler<AgentSession.Command> timers,
      ClaimPace pace,
      RecipientRef<NodeProtocol.Command> entity,
      String sessionId,
      Instant now,
      ResumptionTicket ticket) {
    NodeOwnership ownership =
        new NodeOwnership(context, timers, pace, entity, sessionId, now, Standing.PRESUMED);
    ownership.claim.overtake(ticket.logonAt());
    ownership.memberships = ticket.memberships();
    Duration left = Duration.between(now, ticket.expiresAt());
    ownership.longestWait = shorter(left.dividedBy(2), LONGEST_PRESUMPTION);
    timers.startSingleTimer(PresumptionOver.INSTANCE, left);
    return ownership;
  }

  String sessionId() {
    return sessionId;
  }

  /** Whether the entity itself has said that the session owns the node. */
  boolean isOwned() {
    return standing == Standing.OWNED;
  }

  /** The VPNs of the node, as far as the session knows. */
  Set<VpnId> memberships() {
    return memberships;
  }

  /** When the session logged on, as the Node entity has accepted it. */
  Instant logonAt() {
    return claim.logonAt();
  }

  /** Claims the node for an agent that waits for it, and again after a while. */
  void claim() {
    claim.make(context, (reply, failure) -> new Answered(reply));
    claimAfter(INTERVAL);
  }

  /**
   * Claims the node when it is its turn, and nobody waits who is not linked yet: the agent is. A
   * presumption's first half is not over by then. An entity that is there need not be woken, and is
   * asked at once.
   */
  void claimInTurn() {
    waited = Duration.ZERO;
    if (watched != null) {
      claim();
    } else {
      takeTurn(pace.next());
    }
  }

  private void takeTurn(Duration wait) {
    if (wait.isZero() && !letsOthersGoFirst()) {
      claim();
    } else {
      Duration longer = wait.compareTo(COURTESY) < 0 && pace.isCrowded() ? COURTESY : wait;
      Duration inTime = shorter(longer, longestWait.minus(waited));
      waited = waited.plus(inTime);
      timers.startSingleTimer(ClaimAgain.INSTANCE, Turn.INSTANCE, inTime);
    }
  }

  private boolean letsOthersGoFirst() {
    return pace.isCrowded() && waited.compareTo(longestWait) < 0;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void claimAfter(Duration wait) {
    timers.startSingleTimer(ClaimAgain.INSTANCE, wait);
  }

  private static Duration random(Duration limit) {
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(limit.toMillis()));
  }

  /** Gives the node up. The session stops, and its timers with it. */
  void release() {
    claim.release();
  }

  /** What a message means for the session. */
  Verdict on(Message message) {
    return switch (message) {
      case Answered answered -> onAnswer(answered.reply());
      case OwnerRead read -> onOwnerRead(read.reply());
      case ClaimAgain again -> {
        if (standing == Standing.CLAIMED) {
          claim();
        } else {
          claimInTurn();
        }
        yield Verdict.Unchanged.INSTANCE;
      }
      case Turn turn -> {
        takeTurn(letsOthersGoFirst() ? pace.next() : Duration.ZERO);
        yield Verdict.Unchanged.INSTANCE;
      }
      case EntityEnded ended -> onEntityEnded(ended.entity());
      case Told told -> onTold(told.message());
      case PresumptionOver over ->
          standing == Standing.PRESUMED ? silent() : Verdict.Unchanged.INSTANCE;
    };
  }

  private Verdict onAnswer(NodeProtocol.@Nullable Reply reply) {
    return switch (reply) {
      case NodeProtocol.Owned mine -> {
        watch(mine.entity());
        yield owned(mine.memberships());
      }
      case NodeProtocol.Rejected rejected ->
          switch (standing) {
            case OWNED -> lost(rejected);
            case PRESUMED -> presumptionFailed(rejected);
            case CLAIMED -> rejected(rejected);
          };
      case null, default ->
          // The shard is moving. Who is linked stays linked; who is not yet tries elsewhere.
          standing == Standing.CLAIMED ? silent() : Verdict.Unchanged.INSTANCE;
    };
  }

  private void watch(@Nullable ActorRef<NodeProtocol.Command> entity) {
    if (watched != null && !watched.equals(entity)) {
      context.unwatch(watched);
    }
    if (entity != null) {
      if (!entity.equals(watched)) {
        context.watchWith(entity, new EntityEnded(entity));
      }
      claimAfter(LONG_INTERVAL.minus(random(LONG_INTERVAL.dividedBy(10))));
    }
    watched = entity;
  }

  private Verdict onEntityEnded(ActorRef<NodeProtocol.Command> entity) {
    if (entity.equals(watched)) {
      watched = null;
      claimAfter(random(SPREAD));
    }
    return Verdict.Unchanged.INSTANCE;
  }

  private Verdict owned(Set<VpnId> current) {
    standing = Standing.OWNED;
    timers.cancel(PresumptionOver.INSTANCE);
    memberships = Set.copyOf(current);
    return new Verdict.Owned(memberships);
  }

  /** A newer session may be an earlier one of the same line: then it is this agent's own. */
  private Verdict presumptionFailed(NodeProtocol.Rejected rejected) {
    if (rejected.reason() != NodeProtocol.Reason.DISPLACED) {
      return lost(rejected);
    }
    claim.readOwner(context, (reply, failure) -> new OwnerRead(reply));
    return Verdict.Unchanged.INSTANCE;
  }

  private static Verdict lost(NodeProtocol.Rejected rejected) {
    return rejected.reason() == NodeProtocol.Reason.DISPLACED
        ? new Verdict.Displaced(rejected.message())
        : new Verdict.Revoked(rejected.message());
  }

  private Verdict rejected(NodeProtocol.Rejected rejected) {
    return switch (rejected.reason()) {
      case DISPLACED -> overtake();
      case SUSPENDED -> refused(Refusal.Code.SUSPENDED, rejected.message());
      case NOT_FOUND, BAD_TOKEN, INVALID ->
          refused(Refusal.Code.BAD_CREDENTIALS, rejected.message());
    };
  }

  /** Once: two agents that overtake each other for ever would help nobody. */
  private Verdict overtake() {
    if (overtaken) {
      return new Verdict.Unavailable("another logon of the node came at the same time");
    }
    overtaken = true;
    timers.cancel(ClaimAgain.INSTANCE);
    claim.readOwner(context, (reply, failure) -> new OwnerRead(reply));
    return Verdict.Unchanged.INSTANCE;
  }

  private Verdict onOwnerRead(NodeProtocol.@Nullable Reply reply) {
    if (!(reply instanceof NodeProtocol.CurrentState current)) {
      return standing == Standing.CLAIMED ? silent() : Verdict.Unchanged.INSTANCE;
    }
    NodeProtocol.Owner other = current.owner();
    if (other != null) {
      if (standing == Standing.PRESUMED
          && !Lineage.of(other.sessionId()).equals(Lineage.of(sessionId))) {
        return displaced(other.sessionId());
      }
      claim.overtake(other.logonAt());
    }
    claim();
    return Verdict.Unchanged.INSTANCE;
  }

  private Verdict onTold(NodeProtocol.SessionMessage message) {
    return switch (message) {
      case NodeProtocol.MembershipsChanged changed ->
          isOwned() ? owned(changed.memberships()) : Verdict.Unchanged.INSTANCE;
      case NodeProtocol.Displaced displaced -> displaced(displaced.bySessionId());
      case NodeProtocol.Revoked revoked -> new Verdict.Revoked(revoked.message());
    };
  }

  private static Verdict displaced(String bySessionId) {
    return new Verdict.Displaced(
        "another agent has logged on as this node (session %s); this one stays away until it is started again"
            .formatted(bySessionId));
  }

  private static Verdict silent() {
    return new Verdict.Unavailable("the node's shard does not answer");
  }

  private static Verdict refused(Refusal.Code code, String message) {
    return new Verdict.Refused(Frames.refusal(code, message, 0));
  }

  /** What the session has to do. */
  sealed interface Verdict {
    /** The node is the session's, and a member of these VPNs. */
    record Owned(Set<VpnId> memberships) implements Verdict {}

    /** Nothing. */
    enum Unchanged implements Verdict {
      INSTANCE
    }

    /** End: a newer session owns the node. */
    record Displaced(String message) implements Verdict {}

    /** End: the node may not be online any more. */
    record Revoked(String message) implements Verdict {}

    /** Refuse the logon. */
    record Refused(Refusal refusal) implements Verdict {}

    /** Refuse the logon for now. */
    record Unavailable(String message) implements Verdict {}
  }

  /** What comes back to {@link #on}. */
  sealed interface Message extends AgentSession.Command {}

  private enum ClaimAgain implements Message {
    INSTANCE
  }

  /** It is this session's turn to claim. */
  private enum Turn implements Message {
    INSTANCE
  }

  private enum PresumptionOver implements Message {
    INSTANCE
  }

  private record EntityEnded(ActorRef<NodeProtocol.Command> entity) implements Message {}

  private record Answered(NodeProtocol.@Nullable Reply reply) implements Message {}

  private record OwnerRead(NodeProtocol.@Nullable Reply reply) implements Message {}

  private record Told(NodeProtocol.SessionMessage message) implements Message {}
}
