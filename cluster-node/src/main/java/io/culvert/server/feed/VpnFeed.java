package io.culvert.server.feed;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.vpn.Membership;
import io.culvert.model.vpn.VpnEvent;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.model.vpn.VpnState;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Update;
import io.culvert.server.feed.AppliedRevisions.MemberStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * One VPN on one server, while a session there is in it: a replica of the VPN's state with the
 * presence of its members, and the frames that follow from a change, encoded once for each class of
 * equal views.
 *
 * <p>The replica applies the entity's own events. If their revision does not follow, the feed
 * subscribes anew and gets the whole state; it renews its subscription every {@link #RENEWAL},
 * because an entity that moved has forgotten it.
 */
final class VpnFeed extends AbstractBehavior<VpnFeed.Message> {
  private static final Duration RENEWAL = Duration.ofSeconds(2);

  private final VpnId vpn;
  private final RecipientRef<VpnProtocol.Command> entity;
  private final ActorRef<FeedRouter.Message> router;
  private final ActorRef<VpnProtocol.FeedMessage> fromEntity;
  private final long incarnation = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  private final Map<ActorRef<FeedMember.Message>, Member> members = new HashMap<>();
  private final Map<NodeId, Presence> presences = new HashMap<>();
  private final Map<ViewClass, Long> sequences = new EnumMap<>(ViewClass.class);
  private final Map<ViewClass, ByteString> snapshots = new EnumMap<>(ViewClass.class);
  private VpnState state;
  private boolean known;
  private boolean settled;

  private VpnFeed(
      ActorContext<Message> context,
      VpnId vpn,
      RecipientRef<VpnProtocol.Command> entity,
      ActorRef<FeedRouter.Message> router,
      boolean settled) {
    super(context);
    this.vpn = vpn;
    this.entity = entity;
    this.router = router;
    this.settled = settled;
    this.state = VpnState.absent(vpn);
    this.fromEntity = context.messageAdapter(VpnProtocol.FeedMessage.class, EntityTold::new);
    subscribe();
  }

  /**
   * The feed's behavior.
   *
   * @param settled whether a node without a presence is offline, see {@link PresenceSettled}
   */
  static Behavior<Message> create(
      VpnId vpn,
      RecipientRef<VpnProtocol.Command> entity,
      ActorRef<FeedRouter.Message> router,
      boolean settled) {
    return Behaviors.withTimers(
        timers -> {
          timers.startTimerWithFixedDelay(Renew.INSTANCE, RENEWAL);
          return Behaviors.setup(context -> new VpnFeed(context, vpn, entity, router, settled));
        });
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder().onMessage(Message.class, this::onMessage).build();
  }

  private Behavior<Message> onMessage(Message message) {
    switch (message) {
      case Join join -> {
        members.put(join.member(), new Member(join.node()));
        sendSnapshot(join.member());
      }
      case Leave leave -> members.remove(leave.member());
      case Resync resync -> sendSnapshot(resync.member());
      case Applied applied -> {
        Member member = members.get(applied.member());
        if (member != null && applied.incarnation() == incarnation) {
          member.appliedRevision = Math.max(member.appliedRevision, applied.revision());
        }
      }
      case EntityTold told -> onEntity(told.message());
      case NodePresence presence -> onPresence(presence);
      case PresenceSettled ignored -> onSettled();
      case Renew ignored -> subscribe();
      case ReadStatus read -> read.replyTo().tell(status());
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

  private void onEntity(VpnProtocol.FeedMessage message) {
    switch (message) {
      case VpnProtocol.FullState full -> onFullState(full.state());
      case VpnProtocol.UpToDate current -> known = true;
      case VpnProtocol.Revised revised -> onRevised(revised);
      case VpnProtocol.NoSuchVpn none -> {
        known = true;
        members.keySet().forEach(member -> member.tell(new FeedMember.NotAMember(vpn)));
      }
    }
  }

  private void onFullState(VpnState full) {
    if (known && full.revision() <= state.revision()) {
      return;
    }
    VpnState before = state;
    state = full;
    known = true;
    watch(before);
    sendSnapshots();
  }

  private void onRevised(VpnProtocol.Revised revised) {
    if (!known || revised.fromRevision() > state.revision()) {
      subscribe();
      return;
    }
    if (revised.fromRevision() < state.revision()) {
      return;
    }
    VpnState before = state;
    Change change = new Change();
    for (VpnEvent event : revised.events()) {
      change.add(event);
      state = state.apply(event);
    }
    watch(before);
    if (change.everything) {
      sendSnapshots();
    } else {
      sendUpdates(before, change);
    }
  }

  /** What a list of events touched. */
  private static final class Change {
    private final Set<NodeId> nodes = new HashSet<>();
    private boolean vpn;
    private boolean everything;

    void add(VpnEvent event) {
      switch (event) {
        case VpnEvent.NodeAdmitted e -> nodes.add(e.node());
        case VpnEvent.NodeRemoved e -> nodes.add(e.node());
        case VpnEvent.CipherSuiteChanged e -> vpn = true;
        case VpnEvent.SecretRenewed e -> vpn = true;
        case VpnEvent.VpnCreated e -> everything = true;
        case VpnEvent.RoleChanged e -> everything = true;
        case VpnEvent.TopologyChanged e -> everything = true;
        case VpnEvent.VpnDeleted e -> everything = true;
        case VpnEvent.NodeInformed e -> {}
      }
    }
  }

  private void watch(VpnState before) {
    Set<NodeId> added = new HashSet<>(state.memberships().keySet());
    added.removeAll(before.memberships().keySet());
    Set<NodeId> removed = new HashSet<>(before.memberships().keySet());
    removed.removeAll(state.memberships().keySet());
    presences.keySet().removeAll(removed);
    if (!added.isEmpty() || !removed.isEmpty()) {
      router.tell(new FeedRouter.WatchNodes(getContext().getSelf(), added, removed));
    }
  }

  // ---- presence ----

  private void onPresence(NodePresence changed) {
    Membership membership = state.memberships().get(changed.node());
    if (membership == null) {
      return;
    }
    if (changed.presence() == null) {
      presences.remove(changed.node());
    } else {
      presences.put(changed.node(), changed.presence());
    }
    Change change = new Change();
    change.nodes.add(changed.node());
    sendUpdates(state, change);
  }

  private void onSettled() {
    settled = true;
    Change change = new Change();
    for (NodeId node : state.memberships().keySet()) {
      if (!presences.containsKey(node)) {
        change.nodes.add(node);
      }
    }
    if (!change.nodes.isEmpty()) {
      sendUpdates(state, change);
    }
  }

  private FeedRouter.VpnStatus status() {
    Map<NodeId, MemberStatus> online = new HashMap<>();
    presences.forEach(
        (node, presence) -> online.put(node, new MemberStatus(presence.server(), -1)));
    for (Member member : members.values()) {
      online.computeIfPresent(
          member.node, (node, status) -> new MemberStatus(status.server(), member.appliedRevision));
    }
    return new FeedRouter.VpnStatus(Map.copyOf(online));
  }

  // ---- frames ----

  private void sendSnapshots() {
    snapshots.clear();
    sequences.replaceAll((viewClass, sequence) -> sequence + 1);
    for (ActorRef<FeedMember.Message> member : List.copyOf(members.keySet())) {
      sendSnapshot(member);
    }
  }

  private void sendSnapshot(ActorRef<FeedMember.Message> ref) {
    Member member = members.get(ref);
    if (member == null || !known) {
      return;
    }
    Membership own = state.memberships().get(member.node);
    if (own == null) {
      ref.tell(
          member.admitted
              ? new FeedMember.Left(vpn, state.revision())
              : new FeedMember.NotAMember(vpn));
      member.admitted = false;
      return;
    }
    member.admitted = true;
    ViewClass viewClass = ViewClass.of(state, own);
    ref.tell(
        new FeedMember.View(
            vpn,
            true,
            snapshots.computeIfAbsent(viewClass, this::encodeSnapshot),
            own,
            own,
            state.epoch(),
            visible(viewClass)));
  }

  private ByteString encodeSnapshot(ViewClass viewClass) {
    Snapshot.Builder snapshot =
        Snapshot.newBuilder()
            .setVpnId(vpn.toString())
            .setFeedIncarnation(incarnation)
            .setSequence(sequences.computeIfAbsent(viewClass, key -> 1L))
            .setRevision(state.revision())
            .setVpn(ViewEncoder.vpn(state));
    for (Membership peer : visible(viewClass)) {
      snapshot.addPeers(ViewEncoder.peer(vpn, peer, presences.get(peer.node()), settled));
    }
    return ServerFrame.newBuilder().setSnapshot(snapshot).build().toByteString();
  }

  private List<Membership> visible(ViewClass viewClass) {
    return state.memberships().values().stream().filter(viewClass::sees).toList();
  }

  private void sendUpdates(VpnState before, Change change) {
    snapshots.clear();
    Map<ViewClass, SharedUpdate> shared = new EnumMap<>(ViewClass.class);
    boolean revised = before.revision() != state.revision();
    for (ViewClass viewClass : ViewClass.values()) {
      SharedUpdate update = encodeUpdate(viewClass, before, change, revised);
      if (update != null) {
        shared.put(viewClass, update);
      }
    }
    members.forEach(
        (ref, member) -> {
          Membership own = state.memberships().get(member.node);
          if (own == null || !member.admitted) {
            // Not yet or no longer a member: that is a matter of snapshots and farewells.
            if (member.admitted || own != null) {
              sendSnapshot(ref);
            }
            return;
          }
          SharedUpdate update = shared.get(ViewClass.of(state, own));
          if (update != null) {
            ref.tell(
                new FeedMember.View(
                    vpn, false, update.bytes(), null, own, state.epoch(), update.secretsFor()));
          }
        });
  }

  private record SharedUpdate(ByteString bytes, List<Membership> secretsFor) {}

  /** Null if nothing changes for the class; its sequence then stays. */
  private @Nullable SharedUpdate encodeUpdate(
      ViewClass viewClass, VpnState before, Change change, boolean revised) {
    Update.Builder update = Update.newBuilder();
    List<Membership> touched = new ArrayList<>();
    for (NodeId node : change.nodes) {
      Membership now = state.memberships().get(node);
      Membership then = before.memberships().get(node);
      if (now != null && viewClass.sees(now)) {
        update.addChanged(ViewEncoder.peer(vpn, now, presences.get(node), settled));
        touched.add(now);
      } else if (now == null && then != null && viewClass.sees(then)) {
        update.addRemovedNodeIds(node.toString());
      }
    }
    if (!revised && touched.isEmpty()) {
      return null;
    }
    if (change.vpn) {
      update.setVpn(ViewEncoder.vpn(state));
    }
    long sequence = sequences.merge(viewClass, 1L, (last, one) -> last + one);
    update
        .setVpnId(vpn.toString())
        .setFeedIncarnation(incarnation)
        .setSequence(sequence)
        .setRevision(state.revision());
    return new SharedUpdate(
        ServerFrame.newBuilder().setUpdate(update).build().toByteString(),
        change.vpn ? visible(viewClass) : touched);
  }

  private static final class Member {
    private final NodeId node;
    private long appliedRevision;
    private boolean admitted;

    Member(NodeId node) {
      this.node = node;
    }
  }

  // ---- messages ----

  /** Anything that may be sent to a feed. */
  sealed interface Message {}

  record Join(ActorRef<FeedMember.Message> member, NodeId node) implements Message {}

  record Leave(ActorRef<FeedMember.Message> member) implements Message {}

  /** The member missed something: send a snapshot. */
  record Resync(ActorRef<FeedMember.Message> member) implements Message {}

  record Applied(ActorRef<FeedMember.Message> member, long incarnation, long revision)
      implements Message {}

  record NodePresence(NodeId node, @Nullable Presence presence) implements Message {}

  /** The server is old enough: a node without a presence is offline, not unknown. */
  enum PresenceSettled implements Message {
    INSTANCE
  }

  record ReadStatus(ActorRef<FeedRouter.VpnStatus> replyTo) implements Message {}

  enum Stop implements Message {
    INSTANCE
  }

  private enum Renew implements Message {
    INSTANCE
  }

  private record EntityTold(VpnProtocol.FeedMessage message) implements Message {}
}
