package io.culvert.server.feed;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.CborSerializable;
import io.culvert.model.journal.Part;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.server.feed.AppliedRevisions.MemberStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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
 * local feeds that watch a node ({@link LocalFeeds}), and is the way from sessions to feeds.
 *
 * <p>Each router numbers what it sends. Another router applies what is contiguous and asks for the
 * full list at a gap. A router is an incarnation: after a restart it is another actor.
 */
public final class FeedRouter extends AbstractBehavior<FeedRouter.Message> {
  /** Finds the routers of all servers. */
  static final ServiceKey<Message> SERVICE = ServiceKey.create(Message.class, "feed-router");

  /** So often a router tells the others how far it is: they find out that they missed the end. */
  private static final Duration POSITION_INTERVAL = Duration.ofSeconds(2);

  private final TimerScheduler<Message> timers;
  private final Duration grace;
  private final Presences presences = new Presences();
  private final LocalFeeds feeds;
  private final Set<ActorRef<Message>> asked = new HashSet<>();
  private Set<ActorRef<Message>> others = Set.of();
  private long sequence;

  private FeedRouter(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      Function<VpnId, RecipientRef<VpnProtocol.Command>> vpns,
      Duration grace,
      AtomicInteger silentFeeds) {
    super(context);
    this.timers = timers;
    this.grace = grace;
    this.feeds = new LocalFeeds(context, timers, vpns, presences, silentFeeds);
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
    timers.startTimerWithFixedDelay(TellPosition.INSTANCE, POSITION_INTERVAL);
  }

  /**
   * The router's behavior.
   *
   * @param vpns how to reach a Vpn entity
   * @param grace how long a node stays online after its session broke or its server left
   * @param silentFeeds is kept at the number of feeds whose Vpn entity does not answer
   */
  public static Behavior<Message> create(
      Function<VpnId, RecipientRef<VpnProtocol.Command>> vpns,
      Duration grace,
      AtomicInteger silentFeeds) {
    return Behaviors.withTimers(
        timers ->
            Behaviors.setup(context -> new FeedRouter(context, timers, vpns, grace, silentFeeds)));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder().onMessage(Message.class, this::onMessage).build();
  }

  private Behavior<Message> onMessage(Message message) {
    switch (message) {
      case NodeOnline online -> onOnline(online.node(), online.presence());
      case NodeOffline offline -> onOffline(offline);
      case GraceOver over -> onGraceOver(over.node(), over.sessionId());
      case JoinVpn join -> feeds.join(join);
      case LeaveVpn leave -> feeds.leave(leave);
      case ResyncVpn resync -> feeds.tell(resync.vpn(), new VpnFeed.Resync(resync.member()));
      case PullVpn pull -> feeds.tell(pull.vpn(), new VpnFeed.Pull(pull.member()));
      case AppliedVpn applied ->
          feeds.tell(
              applied.vpn(),
              new VpnFeed.Applied(applied.member(), applied.incarnation(), applied.revision()));
      case WatchNodes watch -> feeds.watch(watch);
      case RoutersListed listed -> onListed(listed.routers());
      case PresenceChanged changed -> onRemote(changed);
      case PresenceList list -> onRemoteList(list);
      case Position position -> onPosition(position);
      case TellPosition tell -> {
        Position position = new Position(self(), sequence);
        others.forEach(other -> other.tell(position));
      }
      case FeedEnded ended -> feeds.onEnded(ended);
      case ReplaceFeed replace -> feeds.replace(replace.ended());
      case AskPresenceList ask -> tellList(ask.replyTo());
      case OriginGraceOver over -> {
        if (!others.contains(over.origin())) {
          asked.remove(over.origin());
          feeds.publish(presences.forget(over.origin()));
        }
      }
      case StartGraceOver over -> feeds.settle();
      case ReadVpnStatus read -> onRead(read);
      case AskApplied ask -> onAskApplied(ask);
    }
    return this;
  }

  // ---- this server's own sessions ----

  /** What a session says that a newer one of the same node has overtaken comes too late. */
  private void onOnline(NodeId node, Presence presence) {
    Presence known = presences.of(self(), node);
    if (known == null || Presence.NEWEST_LAST.compare(known, presence) <= 0) {
      onLocal(node, presence);
    }
  }

  private void onLocal(NodeId node, @Nullable Presence presence) {
    timers.cancel(node);
    feeds.publish(presences.put(self(), node, presence));
    sequence++;
    PresenceChanged changed = new PresenceChanged(self(), sequence, node, presence);
    others.forEach(other -> other.tell(changed));
  }

  private void onOffline(NodeOffline offline) {
    Presence known = presences.of(self(), offline.node());
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
    Presence known = presences.of(self(), node);
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
        tellList(router);
        router.tell(new AskPresenceList(self()));
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
      feeds.publish(presences.put(changed.origin(), changed.node(), changed.presence()));
    } else if (presences.isBehind(changed.origin(), changed.sequence())) {
      ask(changed.origin());
    }
  }

  private void onPosition(Position position) {
    asked.remove(position.origin());
    if (presences.isBehind(position.origin(), position.sequence())) {
      ask(position.origin());
    }
  }

  /** Once for each gap: what follows until the list comes is in the list, or shows another gap. */
  private void ask(ActorRef<Message> origin) {
    if (asked.add(origin)) {
      origin.tell(new AskPresenceList(self()));
    }
  }

  private void tellList(ActorRef<Message> router) {
    PresenceList.of(self(), sequence, presences.of(self())).forEach(router::tell);
  }

  /** If a part is missing, the next position shows it. */
  private void onRemoteList(PresenceList list) {
    asked.remove(list.origin());
    if (!others.contains(list.origin())) {
      // Not listed yet; if it never is, it is forgotten again.
      timers.startSingleTimer(list.origin(), new OriginGraceOver(list.origin()), grace);
    }
    feeds.publish(presences.replace(list));
  }

  // ---- what agents have applied ----

  private void onRead(ReadVpnStatus read) {
    Map<NodeId, Presence> online = new HashMap<>();
    for (NodeId node : read.members()) {
      Presence presence = presences.effective(node);
      if (presence != null) {
        online.put(node, presence);
      }
    }
    Set<ActorRef<Message>> routers = new HashSet<>(others);
    routers.add(self());
    ActorRef<AppliedCollector.Message> collector =
        getContext().spawnAnonymous(AppliedCollector.create(online, routers, read.replyTo()));
    AskApplied ask = new AskApplied(read.vpn(), collector.narrow());
    routers.forEach(router -> router.tell(ask));
  }

  private void onAskApplied(AskApplied ask) {
    if (feeds.has(ask.vpn())) {
      feeds.tell(ask.vpn(), new VpnFeed.ReadApplied(ask.replyTo()));
    } else {
      ask.replyTo().tell(new AppliedPart(self(), Part.WHOLE, Map.of()));
    }
  }

  private ActorRef<Message> self() {
    return getContext().getSelf();
  }

  // ---- messages ----

  /** Anything that may be sent to a router. */
  public sealed interface Message {}

  /** What routers send to each other. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = PresenceChanged.class, name = "presence-changed"),
    @JsonSubTypes.Type(value = PresenceList.class, name = "presence-list"),
    @JsonSubTypes.Type(value = AskPresenceList.class, name = "ask-presence-list"),
    @JsonSubTypes.Type(value = Position.class, name = "position"),
    @JsonSubTypes.Type(value = AskApplied.class, name = "ask-applied")
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

  /**
   * The session wants no more views of a VPN until it asks again with this message. A snapshot
   * follows if it has not the newest view, otherwise {@link FeedMember.Unchanged}.
   */
  public record PullVpn(VpnId vpn, ActorRef<FeedMember.Message> member) implements Message {}

  /** The agent has applied everything up to a revision, of this incarnation of the feed. */
  public record AppliedVpn(
      VpnId vpn, ActorRef<FeedMember.Message> member, long incarnation, long revision)
      implements Message {}

  /** Which members of a VPN are online at any server, and what they have applied. */
  public record ReadVpnStatus(VpnId vpn, Set<NodeId> members, ActorRef<VpnStatus> replyTo)
      implements Message {}

  /** The answer: online members only. */
  public record VpnStatus(Map<NodeId, MemberStatus> members) {}

  /** A feed's members changed. If some were added, their presences follow in one message. */
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

  /**
   * All that an origin says as of a sequence number.
   *
   * @param presences of this part only
   */
  record PresenceList(
      ActorRef<Message> origin, long sequence, Part part, Map<NodeId, Presence> presences)
      implements Remote {
    /** Above what a presence takes beside its attributes, with its node's id. */
    private static final int PRESENCE_BYTES = 768;

    /** The list in as many parts as it needs. */
    static List<PresenceList> of(
        ActorRef<Message> origin, long sequence, Map<NodeId, Presence> presences) {
      List<Map<NodeId, Presence>> parts =
          Part.divide(presences, presence -> PRESENCE_BYTES + presence.attributes().size());
      List<PresenceList> messages = new ArrayList<>(parts.size());
      for (Map<NodeId, Presence> some : parts) {
        messages.add(
            new PresenceList(origin, sequence, new Part(messages.size(), parts.size()), some));
      }
      return messages;
    }
  }

  record AskPresenceList(ActorRef<Message> replyTo) implements Remote {}

  /** The sequence number that the origin used last. */
  record Position(ActorRef<Message> origin, long sequence) implements Remote {}

  /** What have the agents of your server applied? Answered by the feed. */
  record AskApplied(VpnId vpn, ActorRef<AppliedPart> replyTo) implements Remote {}

  /** The answer, of sessions of the origin's server only. */
  record AppliedPart(ActorRef<Message> origin, Part part, Map<NodeId, Long> applied)
      implements AppliedCollector.Message, CborSerializable {
    private static final int ENTRY_BYTES = 160;

    /** All parts, in order. */
    static List<AppliedPart> of(ActorRef<Message> origin, Map<NodeId, Long> applied) {
      List<Map<NodeId, Long>> divided = Part.divide(applied, revision -> ENTRY_BYTES);
      List<AppliedPart> messages = new ArrayList<>();
      for (Map<NodeId, Long> some : divided) {
        messages.add(new AppliedPart(origin, new Part(messages.size(), divided.size()), some));
      }
      return messages;
    }
  }

  private enum TellPosition implements Message {
    INSTANCE
  }

  record ReplaceFeed(FeedEnded ended) implements Message {}

  record FeedEnded(VpnId vpn, ActorRef<VpnFeed.Message> feed) implements Message {}
}
