package io.culvert.server.feed;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.CborSerializable;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.server.feed.AppliedRevisions.MemberStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.jspecify.annotations.Nullable;

/**
 * One for each server: keeps who is online, tells it to the routers of the other servers and to the
 * local feeds that watch a node, and starts and ends the local feeds.
 *
 * <p>Each router numbers what it sends. Another router applies what is contiguous and asks for the
 * full list at a gap. A router is an incarnation: after a restart it is another actor.
 */
public final class FeedRouter extends AbstractBehavior<FeedRouter.Message> {
  /** Finds the routers of all servers. */
  static final ServiceKey<Message> SERVICE = ServiceKey.create(Message.class, "feed-router");

  private final Function<VpnId, RecipientRef<VpnProtocol.Command>> vpns;
  private final TimerScheduler<Message> timers;
  private final Duration grace;
  private final Presences presences = new Presences();
  private final Map<VpnId, LocalFeed> feeds = new HashMap<>();
  private final Map<NodeId, Set<ActorRef<VpnFeed.Message>>> watchers = new HashMap<>();
  private Set<ActorRef<Message>> others = Set.of();
  private boolean settled;
  private long sequence;

  private FeedRouter(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      Function<VpnId, RecipientRef<VpnProtocol.Command>> vpns,
      Duration grace) {
    super(context);
    this.timers = timers;
    this.vpns = vpns;
    this.grace = grace;
    context.getSystem().receptionist().tell(Receptionist.register(SERVICE, context.getSelf()));
    context
        .getSystem()
        .receptionist()
        .tell(
            Receptionist.subscribe(
                SERVICE,
                context.messageAdapter(
                    Receptionist.Listing.class,
                    listing -> new RoutersListed(listing.getServiceInstances(SERVICE)))));
    timers.startSingleTimer(StartGraceOver.INSTANCE, grace);
  }

  /**
   * The router's behavior.
   *
   * @param vpns how to reach a Vpn entity
   * @param grace how long a node stays online after its session broke or its server left
   */
  public static Behavior<Message> create(
      Function<VpnId, RecipientRef<VpnProtocol.Command>> vpns, Duration grace) {
    return Behaviors.withTimers(
        timers -> Behaviors.setup(context -> new FeedRouter(context, timers, vpns, grace)));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder().onMessage(Message.class, this::onMessage).build();
  }

  private Behavior<Message> onMessage(Message message) {
    switch (message) {
      case NodeOnline online -> onLocal(online.node(), online.presence());
      case NodeOffline offline -> onOffline(offline);
      case GraceOver over -> onGraceOver(over.node(), over.sessionId());
      case JoinVpn join -> onJoin(join);
      case LeaveVpn leave -> onLeave(leave);
      case ResyncVpn resync -> toFeed(resync.vpn(), new VpnFeed.Resync(resync.member()));
      case AppliedVpn applied ->
          toFeed(
              applied.vpn(),
              new VpnFeed.Applied(applied.member(), applied.incarnation(), applied.revision()));
      case WatchNodes watch -> onWatch(watch);
      case RoutersListed listed -> onListed(listed.routers());
      case PresenceChanged changed -> onRemote(changed);
      case PresenceList list -> onRemoteList(list);
      case AskPresenceList ask ->
          ask.replyTo().tell(new PresenceList(self(), sequence, presences.of(self())));
      case OriginGraceOver over -> {
        if (!others.contains(over.origin())) {
          publish(presences.forget(over.origin()));
        }
      }
      case StartGraceOver over -> {
        settled = true;
        feeds.values().forEach(feed -> feed.ref.tell(VpnFeed.PresenceSettled.INSTANCE));
      }
      case ReadVpnStatus read -> onRead(read);
    }
    return this;
  }

  // ---- this server's own sessions ----

  private void onLocal(NodeId node, @Nullable Presence presence) {
    timers.cancel(node);
    publish(presences.put(self(), node, presence));
    sequence++;
    PresenceChanged changed = new PresenceChanged(self(), sequence, node, presence);
    others.forEach(other -> other.tell(changed));
  }

  private void onOffline(NodeOffline offline) {
    Presence known = presences.of(self()).get(offline.node());
    if (known == null || !known.sessionId().equals(offline.sessionId())) {
      return;
    }
    if (offline.byItsOwnWill()) {
      onLocal(offline.node(), null);
    } else {
      timers.startSingleTimer(
          offline.node(), new GraceOver(offline.node(), offline.sessionId()), grace);
    }
  }

  private void onGraceOver(NodeId node, String sessionId) {
    Presence known = presences.of(self()).get(node);
    if (known != null && known.sessionId().equals(sessionId)) {
      onLocal(node, null);
    }
  }

  // ---- the other servers ----

  private void onListed(Set<ActorRef<Message>> routers) {
    Set<ActorRef<Message>> listed = new HashSet<>(routers);
    listed.remove(self());
    for (ActorRef<Message> router : listed) {
      if (!others.contains(router)) {
        router.tell(new PresenceList(self(), sequence, presences.of(self())));
      }
    }
    for (ActorRef<Message> router : others) {
      if (!listed.contains(router)) {
        timers.startSingleTimer(router, new OriginGraceOver(router), grace);
      }
    }
    others = Set.copyOf(listed);
  }

  private void onRemote(PresenceChanged changed) {
    if (presences.advance(changed.origin(), changed.sequence())) {
      publish(presences.put(changed.origin(), changed.node(), changed.presence()));
    } else {
      changed.origin().tell(new AskPresenceList(self()));
    }
  }

  private void onRemoteList(PresenceList list) {
    publish(presences.replace(list.origin(), list.sequence(), list.presences()));
  }

  // ---- feeds ----

  private void publish(Set<NodeId> changed) {
    for (NodeId node : changed) {
      Presence presence = presences.effective(node);
      for (ActorRef<VpnFeed.Message> feed : watchers.getOrDefault(node, Set.of())) {
        feed.tell(new VpnFeed.NodePresence(node, presence));
      }
    }
  }

  private void onJoin(JoinVpn join) {
    LocalFeed feed =
        feeds.computeIfAbsent(
            join.vpn(),
            vpn ->
                new LocalFeed(
                    getContext()
                        .spawnAnonymous(VpnFeed.create(vpn, vpns.apply(vpn), self(), settled))));
    feed.members.add(join.member());
    feed.ref.tell(new VpnFeed.Join(join.member(), join.node()));
  }

  private void onLeave(LeaveVpn leave) {
    LocalFeed feed = feeds.get(leave.vpn());
    if (feed == null || !feed.members.remove(leave.member())) {
      return;
    }
    feed.ref.tell(new VpnFeed.Leave(leave.member()));
    if (feed.members.isEmpty()) {
      feeds.remove(leave.vpn());
      watchers.values().forEach(set -> set.remove(feed.ref));
      watchers.values().removeIf(Set::isEmpty);
      feed.ref.tell(VpnFeed.Stop.INSTANCE);
    }
  }

  private void toFeed(VpnId vpn, VpnFeed.Message message) {
    LocalFeed feed = feeds.get(vpn);
    if (feed != null) {
      feed.ref.tell(message);
    }
  }

  private void onWatch(WatchNodes watch) {
    for (NodeId node : watch.removed()) {
      Set<ActorRef<VpnFeed.Message>> set = watchers.get(node);
      if (set != null && set.remove(watch.feed()) && set.isEmpty()) {
        watchers.remove(node);
      }
    }
    for (NodeId node : watch.added()) {
      watchers.computeIfAbsent(node, key -> new HashSet<>()).add(watch.feed());
      Presence presence = presences.effective(node);
      if (presence != null) {
        watch.feed().tell(new VpnFeed.NodePresence(node, presence));
      }
    }
  }

  private void onRead(ReadVpnStatus read) {
    LocalFeed feed = feeds.get(read.vpn());
    if (feed == null) {
      read.replyTo().tell(new VpnStatus(Map.of()));
    } else {
      feed.ref.tell(new VpnFeed.ReadStatus(read.replyTo()));
    }
  }

  private ActorRef<Message> self() {
    return getContext().getSelf();
  }

  private static final class LocalFeed {
    private final ActorRef<VpnFeed.Message> ref;
    private final Set<ActorRef<FeedMember.Message>> members = new HashSet<>();

    LocalFeed(ActorRef<VpnFeed.Message> ref) {
      this.ref = Objects.requireNonNull(ref);
    }
  }

  // ---- messages ----

  /** Anything that may be sent to a router. */
  public sealed interface Message {}

  /** What routers send to each other. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = PresenceChanged.class, name = "presence-changed"),
    @JsonSubTypes.Type(value = PresenceList.class, name = "presence-list"),
    @JsonSubTypes.Type(value = AskPresenceList.class, name = "ask-presence-list")
  })
  sealed interface Remote extends Message, CborSerializable {}

  /** A session of this server owns the node, or its presence is another now. */
  public record NodeOnline(NodeId node, Presence presence) implements Message {}

  /**
   * A session of this server ended; without a logoff the node stays online for the grace period.
   */
  public record NodeOffline(NodeId node, String sessionId, boolean byItsOwnWill)
      implements Message {}

  /** A session wants the views of a VPN. */
  public record JoinVpn(VpnId vpn, NodeId node, ActorRef<FeedMember.Message> member)
      implements Message {}

  /** A session wants them no longer. */
  public record LeaveVpn(VpnId vpn, ActorRef<FeedMember.Message> member) implements Message {}

  /** The agent missed something of a VPN: a snapshot follows. */
  public record ResyncVpn(VpnId vpn, ActorRef<FeedMember.Message> member) implements Message {}

  /** The agent has applied everything up to a revision, of this incarnation of the feed. */
  public record AppliedVpn(
      VpnId vpn, ActorRef<FeedMember.Message> member, long incarnation, long revision)
      implements Message {}

  /** Who is online in a VPN, and what they have applied; answered by the feed. */
  public record ReadVpnStatus(VpnId vpn, ActorRef<VpnStatus> replyTo) implements Message {}

  /** The answer: online members only. */
  public record VpnStatus(Map<NodeId, MemberStatus> members) {}

  /** A feed's members changed. Presences of the added ones that are online follow. */
  record WatchNodes(ActorRef<VpnFeed.Message> feed, Set<NodeId> added, Set<NodeId> removed)
      implements Message {}

  record GraceOver(NodeId node, String sessionId) implements Message {}

  record OriginGraceOver(ActorRef<Message> origin) implements Message {}

  enum StartGraceOver implements Message {
    INSTANCE
  }

  record RoutersListed(Set<ActorRef<Message>> routers) implements Message {}

  record PresenceChanged(
      ActorRef<Message> origin, long sequence, NodeId node, @Nullable Presence presence)
      implements Remote {}

  record PresenceList(ActorRef<Message> origin, long sequence, Map<NodeId, Presence> presences)
      implements Remote {}

  record AskPresenceList(ActorRef<Message> replyTo) implements Remote {}
}
