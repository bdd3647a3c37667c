package io.culvert.model.vpn;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.Decision;
import io.culvert.model.journal.Journal;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.vpn.VpnProtocol.FeedMessage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * The actor of one VPN: turns the decisions of {@link VpnLedger} into journalled events, tells each
 * subscribed feed of them once, and tells Node entities of their memberships until they confirm.
 *
 * <p>Feeds are not journalled: they renew their subscription every few seconds.
 */
public final class VpnEntity
    extends EventSourcedBehaviorWithEnforcedReplies<VpnProtocol.Command, VpnEvent, VpnLedger> {
  /** The entity type; the entity id is {@link VpnId#toString()}. */
  public static final EntityTypeKey<VpnProtocol.Command> TYPE_KEY =
      EntityTypeKey.create(VpnProtocol.Command.class, "vpn");

  /** How long a Node entity may take to confirm before it is told again. */
  private static final Duration INFORM_TIMEOUT = Duration.ofSeconds(3);

  /** Between two rounds of telling nodes that have not confirmed. */
  private static final Duration INFORM_INTERVAL = Duration.ofSeconds(5);

  private final VpnId vpn;
  private final ActorContext<VpnProtocol.Command> context;
  private final Function<NodeId, RecipientRef<NodeProtocol.Command>> nodes;
  private final InstantSource clock;
  private final TimerScheduler<VpnProtocol.Command> timers;
  private final Set<ActorRef<FeedMessage>> feeds = new HashSet<>();
  private final MembershipNotices notices;

  private VpnEntity(
      VpnId vpn,
      ActorContext<VpnProtocol.Command> context,
      TimerScheduler<VpnProtocol.Command> timers,
      Function<NodeId, RecipientRef<NodeProtocol.Command>> nodes,
      InstantSource clock) {
    super(PersistenceId.of(TYPE_KEY.name(), vpn.toString()), Journal.RESTART);
    this.vpn = vpn;
    this.context = context;
    this.timers = timers;
    this.nodes = nodes;
    this.clock = clock;
    this.notices = new MembershipNotices(this::inform);
  }

  /**
   * The entity's behavior.
   *
   * @param nodes how to reach a Node entity
   */
  public static Behavior<VpnProtocol.Command> create(
      VpnId vpn, Function<NodeId, RecipientRef<NodeProtocol.Command>> nodes, InstantSource clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new VpnEntity(vpn, context, timers, nodes, clock)));
  }

  @Override
  public VpnLedger emptyState() {
    return VpnLedger.absent(vpn);
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return Journal.RETENTION;
  }

  @Override
  public EventHandler<VpnLedger, VpnEvent> eventHandler() {
    return VpnLedger::apply;
  }

  @Override
  public CommandHandlerWithReply<VpnProtocol.Command, VpnEvent, VpnLedger> commandHandler() {
    return this::onCommand;
  }

  @Override
  public SignalHandler<VpnLedger> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .build();
  }

  /** Also after a failed write: the restart that follows it has cancelled the timer. */
  private void onRecovered(VpnLedger ledger) {
    timers.startTimerWithFixedDelay(VpnProtocol.InformPendingNodes.INSTANCE, INFORM_INTERVAL);
    notices.forget();
    notices.sweep(ledger);
  }

  private ReplyEffect<VpnEvent, VpnLedger> onCommand(
      VpnLedger ledger, VpnProtocol.Command command) {
    return switch (command) {
      case VpnProtocol.Change change -> onChange(ledger, change);
      case VpnProtocol.ReadVpn read -> Effect().reply(read.replyTo(), read(ledger));
      case VpnProtocol.ReviewAdmissions review ->
          Effect().reply(review.replyTo(), ledger.review(review, clock.instant()));
      case VpnProtocol.Subscribe subscribe -> onSubscribe(ledger, subscribe);
      case VpnProtocol.Unsubscribe unsubscribe -> {
        feeds.remove(unsubscribe.feed());
        context.unwatch(unsubscribe.feed());
        yield Effect().noReply();
      }
      case VpnProtocol.NodeWasInformed informed -> onInformed(ledger, informed);
      case VpnProtocol.NodeWasNotInformed missed -> {
        context.getLog().debug("{}: {} has not confirmed its membership yet", vpn, missed.node());
        notices.missed(missed.node(), missed.revision());
        yield journalConfirmed();
      }
      case VpnProtocol.InformPendingNodes again -> {
        notices.sweep(ledger);
        yield Effect().noReply();
      }
    };
  }

  private ReplyEffect<VpnEvent, VpnLedger> onChange(VpnLedger ledger, VpnProtocol.Change change) {
    return switch (ledger.decide(change, clock.instant())) {
      case Decision.Accept<VpnEvent, VpnProtocol.Reply>(var events, var reply) ->
          Effect()
              .persist(events)
              .thenRun(after -> publish(ledger, events, after))
              .thenReply(change.replyTo(), after -> reply);
      case Decision.Answer<VpnEvent, VpnProtocol.Reply>(var reply) ->
          Effect().reply(change.replyTo(), reply);
    };
  }

  private static VpnProtocol.Reply read(VpnLedger ledger) {
    VpnState state = ledger.state();
    return state.lifecycle() == VpnState.Lifecycle.ACTIVE
        ? new VpnProtocol.CurrentState(state)
        : new VpnProtocol.Rejected(VpnProtocol.Reason.NOT_FOUND, "there is no VPN " + state.vpn());
  }

  private ReplyEffect<VpnEvent, VpnLedger> onSubscribe(
      VpnLedger ledger, VpnProtocol.Subscribe subscribe) {
    VpnState state = ledger.state();
    if (state.lifecycle() == VpnState.Lifecycle.ABSENT) {
      return Effect().reply(subscribe.feed(), new VpnProtocol.NoSuchVpn(vpn));
    }
    if (feeds.add(subscribe.feed())) {
      context.watchWith(subscribe.feed(), new VpnProtocol.Unsubscribe(subscribe.feed()));
    }
    if (subscribe.knownRevision() == state.revision()) {
      return Effect().reply(subscribe.feed(), new VpnProtocol.UpToDate(vpn, state.revision()));
    }
    VpnProtocol.FullState.of(state).forEach(part -> subscribe.feed().tell(part));
    return Effect().noReply();
  }

  private ReplyEffect<VpnEvent, VpnLedger> onInformed(
      VpnLedger ledger, VpnProtocol.NodeWasInformed informed) {
    Long pending = ledger.uninformed().get(informed.node());
    if (pending != null && pending == informed.revision()) {
      notices.confirmed(
          new VpnEvent.NodeInformed(informed.node(), informed.revision(), clock.instant()));
    } else {
      notices.missed(informed.node(), informed.revision());
    }
    return journalConfirmed();
  }

  private ReplyEffect<VpnEvent, VpnLedger> journalConfirmed() {
    List<VpnEvent> due = notices.due();
    return due.isEmpty() ? Effect().noReply() : Effect().persist(due).thenNoReply();
  }

  private void publish(VpnLedger before, List<VpnEvent> events, VpnLedger after) {
    for (FeedMessage revised : VpnProtocol.Revised.of(vpn, before.state().revision(), events)) {
      feeds.forEach(feed -> feed.tell(revised));
    }
    notices.changed(after, before.state().revision());
  }

  private void inform(MembershipNotices.Notice notice) {
    // A Node entity that rejects does not exist any more: there is nobody left to tell.
    context.ask(
        NodeProtocol.Reply.class,
        nodes.apply(notice.node()),
        INFORM_TIMEOUT,
        replyTo ->
            new NodeProtocol.RecordMembership(vpn, notice.member(), notice.revision(), replyTo),
        (reply, failure) ->
            reply == null
                ? new VpnProtocol.NodeWasNotInformed(notice.node(), notice.revision())
                : new VpnProtocol.NodeWasInformed(notice.node(), notice.revision()));
  }
}
