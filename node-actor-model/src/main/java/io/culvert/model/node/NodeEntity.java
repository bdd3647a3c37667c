package io.culvert.model.node;

import io.culvert.model.identity.NodeId;
import io.culvert.model.journal.Decision;
import io.culvert.model.journal.Journal;
import io.culvert.model.node.NodeProtocol.Owner;
import io.culvert.model.node.NodeProtocol.Reason;
import io.culvert.model.node.NodeProtocol.Reply;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.jspecify.annotations.Nullable;

/**
 * The actor of one node: journals the decisions of {@link NodeLedger}, and knows which session owns
 * the node now. Ownership is never journalled; sessions claim it again every few seconds.
 */
public final class NodeEntity
    extends EventSourcedBehaviorWithEnforcedReplies<NodeProtocol.Command, NodeEvent, NodeLedger> {
  /** The entity type; the entity id is {@link NodeId#toString()}. */
  public static final EntityTypeKey<NodeProtocol.Command> TYPE_KEY =
      EntityTypeKey.create(NodeProtocol.Command.class, "node");

  private static final Comparator<Owner> NEWEST_LAST =
      Comparator.comparing(Owner::logonAt).thenComparing(Owner::sessionId);

  private final NodeId node;
  private final ActorContext<NodeProtocol.Command> context;
  private final InstantSource clock;
  private @Nullable Owner owner;

  private NodeEntity(NodeId node, ActorContext<NodeProtocol.Command> context, InstantSource clock) {
    super(PersistenceId.of(TYPE_KEY.name(), node.toString()), Journal.RESTART);
    this.node = node;
    this.context = context;
    this.clock = clock;
  }

  /** The entity's behavior. */
  public static Behavior<NodeProtocol.Command> create(NodeId node, InstantSource clock) {
    return Behaviors.setup(context -> new NodeEntity(node, context, clock));
  }

  @Override
  public NodeLedger emptyState() {
    return NodeLedger.absent(node);
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return Journal.RETENTION;
  }

  @Override
  public EventHandler<NodeLedger, NodeEvent> eventHandler() {
    return NodeLedger::apply;
  }

  @Override
  public CommandHandlerWithReply<NodeProtocol.Command, NodeEvent, NodeLedger> commandHandler() {
    return this::onCommand;
  }

  private ReplyEffect<NodeEvent, NodeLedger> onCommand(
      NodeLedger ledger, NodeProtocol.Command command) {
    return switch (command) {
      case NodeProtocol.Change change ->
          perform(ledger, ledger.decide(change, clock.instant()), change.replyTo());
      case NodeProtocol.RecordMembership record ->
          perform(ledger, ledger.record(record, clock.instant()), record.replyTo());
      case NodeProtocol.ReadNode read -> Effect().reply(read.replyTo(), read(ledger));
      case NodeProtocol.ClaimSession claim -> Effect().reply(claim.replyTo(), claim(ledger, claim));
      case NodeProtocol.ReleaseSession release -> {
        if (owner != null && owner.sessionId().equals(release.sessionId())) {
          context.unwatch(owner.session());
          owner = null;
        }
        yield Effect().noReply();
      }
    };
  }

  private ReplyEffect<NodeEvent, NodeLedger> perform(
      NodeLedger before, Decision<NodeEvent, Reply> decision, ActorRef<Reply> replyTo) {
    return switch (decision) {
      case Decision.Accept<NodeEvent, Reply>(List<NodeEvent> events, Reply reply) ->
          Effect()
              .persist(events)
              .thenRun(after -> tellOwner(before, after))
              .thenReply(replyTo, after -> reply);
      case Decision.Answer<NodeEvent, Reply>(Reply reply) -> Effect().reply(replyTo, reply);
    };
  }

  private void tellOwner(NodeLedger before, NodeLedger after) {
    if (owner == null) {
      return;
    }
    if (after.lifecycle() == NodeLedger.Lifecycle.DELETED || after.suspended()) {
      owner
          .session()
          .tell(
              new NodeProtocol.Revoked(
                  after.suspended()
                      ? "the node was suspended by an administrator"
                      : "the node was deleted by an administrator"));
      context.unwatch(owner.session());
      owner = null;
    } else if (!after.memberOf().equals(before.memberOf())) {
      owner.session().tell(new NodeProtocol.MembershipsChanged(after.memberOf()));
    }
  }

  private Reply read(NodeLedger ledger) {
    return ledger.lifecycle() == NodeLedger.Lifecycle.ACTIVE
        ? new NodeProtocol.CurrentState(ledger.summary(), ledger.credentials(), owner)
        : new NodeProtocol.Rejected(Reason.NOT_FOUND, "there is no node " + node);
  }

  private Reply claim(NodeLedger ledger, NodeProtocol.ClaimSession claim) {
    if (ledger.lifecycle() != NodeLedger.Lifecycle.ACTIVE) {
      return new NodeProtocol.Rejected(Reason.NOT_FOUND, "there is no node " + node);
    }
    if (ledger.suspended()) {
      return new NodeProtocol.Rejected(Reason.SUSPENDED, "the node is suspended");
    }
    Owner claimant = new Owner(claim.sessionId(), claim.logonAt(), claim.session());
    if (owner != null && !owner.sessionId().equals(claimant.sessionId())) {
      if (NEWEST_LAST.compare(claimant, owner) < 0) {
        return new NodeProtocol.Rejected(
            Reason.DISPLACED, "a newer session owns the node: " + owner.sessionId());
      }
      owner.session().tell(new NodeProtocol.Displaced(claimant.sessionId()));
      context.unwatch(owner.session());
      owner = null;
    }
    if (owner == null) {
      context.watchWith(claimant.session(), new NodeProtocol.ReleaseSession(claimant.sessionId()));
      owner = claimant;
    }
    return new NodeProtocol.Owned(claimant.sessionId(), ledger.memberOf(), context.getSelf());
  }
}
