package io.culvert.server.session;

import io.culvert.model.node.NodeProtocol;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/**
 * A session's claim to its node. Owned by the session's actor.
 *
 * <p>The newest logon wins. Clocks of servers differ, so a logon that comes after another one may
 * bear an earlier time: then the session reads the owner's time and claims with a later one, which
 * keeps the order in which the logons came to the entity.
 */
final class NodeClaim {
  /** How long the Node entity may take. */
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final RecipientRef<NodeProtocol.Command> entity;
  private final String sessionId;
  private final ActorRef<NodeProtocol.SessionMessage> session;
  private Instant logonAt;

  /** A claim that was not made yet. */
  NodeClaim(
      RecipientRef<NodeProtocol.Command> entity,
      String sessionId,
      Instant logonAt,
      ActorRef<NodeProtocol.SessionMessage> session) {
    this.entity = entity;
    this.sessionId = sessionId;
    this.logonAt = logonAt;
    this.session = session;
  }

  Instant logonAt() {
    return logonAt;
  }

  /** Claims, or claims again; the answer is null if none came in time. */
  <C> void make(
      ActorContext<C> context,
      BiFunction<NodeProtocol.@Nullable Reply, @Nullable Throwable, C> answered) {
    context.ask(
        NodeProtocol.Reply.class,
        entity,
        TIMEOUT,
        replyTo -> new NodeProtocol.ClaimSession(sessionId, logonAt, session, replyTo),
        answered::apply);
  }

  /** Asks who owns the node. */
  <C> void readOwner(
      ActorContext<C> context,
      BiFunction<NodeProtocol.@Nullable Reply, @Nullable Throwable, C> answered) {
    context.ask(
        NodeProtocol.Reply.class, entity, TIMEOUT, NodeProtocol.ReadNode::new, answered::apply);
  }

  /** Makes the logon later than the owner's. */
  void overtake(Instant ownersLogonAt) {
    Instant next = ownersLogonAt.plusMillis(1);
    logonAt = next.isAfter(logonAt) ? next : logonAt;
  }

  /** Gives the node up. */
  void release() {
    entity.tell(new NodeProtocol.ReleaseSession(sessionId));
  }
}
