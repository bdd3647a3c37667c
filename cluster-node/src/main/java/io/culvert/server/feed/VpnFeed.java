package io.culvert.server.feed;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.PartAssembly;
import io.culvert.model.vpn.Membership;
import io.culvert.model.vpn.VpnEvent;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.model.vpn.VpnState;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * One VPN on one server, while a session there is in it: a replica of the VPN's state with the
 * presence of its members, and the frames that follow from a change, encoded once for each class of
 * equal views.
 *
 * <p>The replica applies the entity's own events. If their revision does not follow, the feed
 * subscribes anew and gets the whole state; it renews its subscription every {@link #RENEWAL},
 * because an entity that moved has forgotten it. While the entity is silent the feed serves what it
 * knows, marked with its age ({@link EntitySilence}).
 */
final class VpnFeed extends AbstractBehavior<VpnFeed.Message> {
  private static final Duration RENEWAL = Duration.ofSeconds(2);

  private final VpnId vpn;
  private final RecipientRef<VpnProtocol.Command> entity;
  private final ActorRef<FeedRouter.Message> router;
  private final ActorRef<VpnProtocol.FeedMessage> fromEntity;
  private final ClassFrames frames;
  private final FeedMembers members = new FeedMembers();
  private final Map<NodeId, Presence> presences = new HashMap<>();
  private final PartAssembly<NodeId, Membership> fullState = new PartAssembly<>();
  private final EntitySilence silence;

  /** Nodes whose presence is another than the frames say, until {@link TellPresences} comes. */
  private final Set<NodeId> untold = new HashSet<>();

  private VpnState state;
  private boolean known;
  private boolean settled;

  /** Questions to the router for the presence of new members, not answered yet. */
  private int awaited;

  /**
   * Nothing is sent before the presence of all members is known: a snapshot in which everybody is
   * offline would put tunnels to sleep. What changes meanwhile is in the snapshots that follow.
   */
  private boolean snapshotsDue = true;

  private VpnFeed(
      ActorContext<Message> context,
      VpnId vpn,
      RecipientRef<VpnProtocol.Command> entity,
      ActorRef<FeedRouter.Message> router,
      boolean settled,
      AtomicInteger silentFeeds) {
    super(context);
    this.silence = new EntitySilence(RENEWAL, silentFeeds);
    this.vpn = vpn;
    this.entity = entity;
    this.router = router;
    this.settled = settled;
    this.state = VpnState.absent(vpn);
    this.frames = new ClassFrames(vpn, ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE - 1));
    this.fromEntity = context.messageAdapter(VpnProtocol.FeedMessage.class, EntityTold::new);
    subscribe();
  }

  /**
   * The feed's behavior.
   *
   * @param settled whether a node without a presence is offline, see {@link PresenceSettled}
   * @param silentFeeds counts the feeds of this server whose entity is silent
   */
  static Behavior<Message> create(
      VpnId vpn,
      RecipientRef<VpnProtocol.Command> entity,
      ActorRef<FeedRouter.Message> router,
      boolean settled,
      AtomicInteger silentFeeds) {
    return Behaviors.withTimers(
        timers -> {
          timers.startTimerWithFixedDelay(Renew.INSTANCE, RENEWAL);
          return Behaviors.setup(
              context -> new VpnFeed(context, vpn, entity, router, settled, silentFeeds));
        });
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Message.class, this::onMessage)
        .onSignal(PostStop.class, stopped -> onStop())
        .build();
  }

  private Behavior<Message> onMessage(Message message) {
    switch (message) {
      case Join join -> sendSnapshot(members.join(join.member(), join.node()));
      case Leave leave -> members.leave(leave.member());
      case Resync resync -> {
        FeedMembers.Member member = members.find(resync.member());
        if (member != null) {
          sendSnapshot(member);
        }
      }
      case Pull pull -> {
        FeedMembers.Member member = members.find(pull.member());
        if (member != null) {
          onPull(member);
        }
      }
      case Applied applied -> onApplied(applied);
      case EntityTold told -> onEntityTold(told.message());
      case PresenceOf told -> onPresence(told);
      case TellPresences tell -> tellPresences();
      case PresenceSettled ignored -> onSettled();
      case Renew ignored -> onRenew();
      case ReadApplied read ->
          FeedRouter.AppliedPart.of(router, members.applied()).forEach(read.replyTo()::tell);
      case Stop ignored -> {
        entity.tell(new VpnProtocol.Unsubscribe(fromEntity));
        return Behaviors.stopped();
      }
    }
    return this;
  }

  // ---- the entity ----

  private void subscribe() {
    entity.tell(new VpnProtocol.Subscribe(fromEntity, state.revision()));
  }

  private void onRenew() {
    silence.renewed();
    if (silence.isSilent()) {
      // The next snapshot says how old it is by then.
      frames.forgetSnapshots();
    }
    subscribe();
  }

  private void onEntityTold(VpnProtocol.FeedMessage message) {
    boolean agentsWereTold = silence.ended();
    if (agentsWereTold) {
      frames.forgetSnapshots();
    }
    onEntity(message);
    if (agentsWereTold) {
      tellAge();
    }
  }

  private void onEntity(VpnProtocol.FeedMessage message) {
    switch (message) {
      case VpnProtocol.FullState part -> onFullStatePart(part);
      case VpnProtocol.UpToDate current -> known = true;
      case VpnProtocol.Revised revised -> onRevised(revised);
      case VpnProtocol.NoSuchVpn none -> {
        known = true;
        snapshotsDue = false;
        members.all().forEach(member -> member.tell(new FeedMember.NotAMember(vpn)));
      }
    }
  }

  /** If a part is missing, the next renewal brings all of them. */
  private void onFullStatePart(VpnProtocol.FullState part) {
    Map<NodeId, Membership> memberships =
        fullState.add(part.state().revision(), part.part(), part.state().memberships());
    if (memberships != null) {
      onFullState(part.state().with(memberships));
    }
  }

  private void onFullState(VpnState full) {
    if (known && full.revision() <= state.revision()) {
      return;
    }
    VpnState before = state;
    state = full;
    known = true;
    snapshotsDue = true;
    watch(before);
    sendDueSnapshots();
  }

  private void onRevised(VpnProtocol.Revised revised) {
    if (!known || revised.fromRevision() > state.revision()) {
      subscribe();
      return;
    }
    if (revised.fromRevision() < state.revision()) {
      return;
    }
    tellPresences();
    VpnState before = state;
    for (VpnEvent event : revised.events()) {
      state = state.apply(event);
    }
    VpnChange change = VpnChange.of(revised.events());
    snapshotsDue |= change.everything();
    watch(before);
    if (snapshotsDue) {
      sendDueSnapshots();
    } else {
      sendUpdates(before, change);
    }
  }

  private void watch(VpnState before) {
    Set<NodeId> added = new HashSet<>(state.memberships().keySet());
    added.removeAll(before.memberships().keySet());
    Set<NodeId> removed = new HashSet<>(before.memberships().keySet());
    removed.removeAll(state.memberships().keySet());
    presences.keySet().removeAll(removed);
    if (!added.isEmpty()) {
      awaited++;
    }
    if (!added.isEmpty() || !removed.isEmpty()) {
      router.tell(new FeedRouter.WatchNodes(getContext().getSelf(), added, removed));
    }
  }

  // ---- presence ----

  private void onPresence(PresenceOf told) {
    awaited -= told.answer() ? 1 : 0;
    boolean nothingUntold = untold.isEmpty();
    for (NodeId node : told.nodes()) {
      Presence now = state.memberships().containsKey(node) ? told.online().get(node) : null;
      Presence before = now == null ? presences.remove(node) : presences.put(node, now);
      if (!Objects.equals(before, now)) {
        untold.add(node);
      }
    }
    if (known && snapshotsDue) {
      sendDueSnapshots();
    } else if (nothingUntold && !untold.isEmpty()) {
      getContext().getSelf().tell(TellPresences.INSTANCE);
    }
  }

  /**
   * All presences that have come since the last time, in one update: when many nodes log on, that
   * is as many as there is no time to tell one by one.
   */
  private void tellPresences() {
    if (!untold.isEmpty()) {
      VpnChange change = VpnChange.ofPresence(untold);
      untold.clear();
      sendUpdates(state, change);
    }
  }

  private void onSettled() {
    settled = true;
    Set<NodeId> offline = new HashSet<>(state.memberships().keySet());
    offline.removeAll(presences.keySet());
    sendUpdates(state, VpnChange.ofPresence(offline));
  }

  private void onApplied(Applied applied) {
    FeedMembers.Member member = members.find(applied.member());
    if (member != null && frames.isIncarnation(applied.incarnation())) {
      member.applied(Math.min(applied.revision(), state.revision()));
    }
  }

  // ---- frames ----

  private void sendDueSnapshots() {
    if (awaited > 0) {
      return;
    }
    snapshotsDue = false;
    untold.clear();
    frames.restart();
    for (FeedMembers.Member member : members.all()) {
      // Who is no member any more hears of it at once.
      if (!member.isQuiet() || !state.memberships().containsKey(member.node())) {
        sendSnapshot(member);
      }
    }
  }

  private void onPull(FeedMembers.Member member) {
    tellPresences();
    ViewClass viewClass = member.viewClass();
    boolean wasTold = !member.isQuiet();
    members.quieten(member);
    if (viewClass == null || snapshotsDue) {
      member.asks();
      sendSnapshot(member);
    } else if (wasTold || member.sequence() == frames.sequence(viewClass)) {
      member.has(frames.sequence(viewClass));
      member.tell(new FeedMember.Unchanged(vpn));
    } else {
      sendSnapshot(member);
    }
  }

  private void sendSnapshot(FeedMembers.Member member) {
    if (!known || snapshotsDue) {
      return;
    }
    Membership own = state.memberships().get(member.node());
    if (own == null) {
      member.tell(
          member.isAdmitted()
              ? new FeedMember.Left(vpn, state.revision())
              : new FeedMember.NotAMember(vpn));
      members.dismiss(member);
      return;
    }
    ViewClass viewClass = ViewClass.of(state, own);
    ClassFrames.Shared shared = frames.snapshot(viewClass, replica());
    members.admit(member, viewClass, frames.sequence(viewClass));
    member.tell(
        new FeedMember.View(
            vpn, true, shared.bytes(), own, own, state.epoch(), shared.secretsFor()));
  }

  private Replica replica() {
    return new Replica(state, presences, settled, silence.tell());
  }

  /** All of a class, so that its numbers stay without a gap. */
  private void tellAge() {
    if (known && !snapshotsDue) {
      for (ViewClass viewClass : ViewClass.values()) {
        if (members.of(viewClass).isEmpty()) {
          frames.skip(viewClass);
        } else {
          sendUpdate(viewClass, frames.age(viewClass, replica()));
        }
      }
    }
  }

  private Behavior<Message> onStop() {
    var _ = silence.ended();
    return this;
  }

  private void sendUpdates(VpnState before, VpnChange change) {
    if (!known || snapshotsDue) {
      return;
    }
    for (ViewClass viewClass : ViewClass.values()) {
      if (members.of(viewClass).isEmpty()) {
        frames.skip(viewClass);
      } else {
        ClassFrames.Shared update = frames.update(viewClass, before, replica(), change);
        if (update != null) {
          sendUpdate(viewClass, update);
        }
      }
    }
    // Who has just come gets a snapshot, numbered behind the updates; who has gone, a farewell.
    for (FeedMembers.Member member : members.of(change.nodes())) {
      if (state.memberships().containsKey(member.node()) != member.isAdmitted()) {
        sendSnapshot(member);
      }
    }
  }

  private void sendUpdate(ViewClass viewClass, ClassFrames.Shared update) {
    for (FeedMembers.Member member : members.of(viewClass)) {
      Membership own = state.memberships().get(member.node());
      if (own != null) {
        member.tell(
            new FeedMember.View(
                vpn, false, update.bytes(), null, own, state.epoch(), update.secretsFor()));
      }
    }
  }

  // ---- messages ----

  /** Anything that may be sent to a feed. */
  sealed interface Message {}

  record Join(ActorRef<FeedMember.Message> member, NodeId node) implements Message {}

  record Leave(ActorRef<FeedMember.Message> member) implements Message {}

  /** The member missed something: send a snapshot. */
  record Resync(ActorRef<FeedMember.Message> member) implements Message {}

  /** The member wants a snapshot if there is a newer one, and then nothing before it asks again. */
  record Pull(ActorRef<FeedMember.Message> member) implements Message {}

  record Applied(ActorRef<FeedMember.Message> member, long incarnation, long revision)
      implements Message {}

  /**
   * Which of some nodes are online.
   *
   * @param online those that are; the rest of {@code nodes} is offline
   * @param answer whether this answers {@link FeedRouter.WatchNodes}; otherwise something changed
   */
  record PresenceOf(Set<NodeId> nodes, Map<NodeId, Presence> online, boolean answer)
      implements Message {}

  /** The server is old enough: a node without a presence is offline, not unknown. */
  enum PresenceSettled implements Message {
    INSTANCE
  }

  /** What the agents of this server have applied. */
  record ReadApplied(ActorRef<FeedRouter.AppliedPart> replyTo) implements Message {}

  enum Stop implements Message {
    INSTANCE
  }

  /** What was in the mailbox before it has been heard. */
  private enum TellPresences implements Message {
    INSTANCE
  }

  /** Time to renew the subscription. */
  enum Renew implements Message {
    INSTANCE
  }

  private record EntityTold(VpnProtocol.FeedMessage message) implements Message {}
}
