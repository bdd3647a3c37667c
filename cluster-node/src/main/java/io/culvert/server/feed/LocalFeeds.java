package io.culvert.server.feed;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.vpn.VpnProtocol;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The feeds of one server: begins and ends them with their sessions, replaces one that failed, and
 * knows which nodes each of them watches. Owned by the router's actor, whose children they are.
 */
final class LocalFeeds {
  /** Before a feed that failed is replaced: one that fails at once must not keep a core busy. */
  private static final Duration FEED_RESTART = Duration.ofSeconds(1);

  private final ActorContext<FeedRouter.Message> context;
  private final TimerScheduler<FeedRouter.Message> timers;
  private final Function<VpnId, RecipientRef<VpnProtocol.Command>> vpns;
  private final Presences presences;
  private final AtomicInteger silentFeeds;
  private final Map<VpnId, LocalFeed> feeds = new HashMap<>();
  private final Map<NodeId, Set<ActorRef<VpnFeed.Message>>> watchers = new HashMap<>();
  private boolean settled;

  /**
   * None yet.
   *
   * @param presences the router's
   * @param silentFeeds is kept at the number of feeds whose Vpn entity does not answer
   */
  LocalFeeds(
      ActorContext<FeedRouter.Message> context,
      TimerScheduler<FeedRouter.Message> timers,
      Function<VpnId, RecipientRef<VpnProtocol.Command>> vpns,
      Presences presences,
      AtomicInteger silentFeeds) {
    this.context = context;
    this.timers = timers;
    this.vpns = vpns;
    this.presences = presences;
    this.silentFeeds = silentFeeds;
  }

  /** The server is old enough: a node without a presence is offline, not unknown. */
  void settle() {
    settled = true;
    feeds.values().forEach(feed -> feed.ref.tell(VpnFeed.PresenceSettled.INSTANCE));
  }

  /** Tells the feeds that watch these nodes where they are now. */
  void publish(Set<NodeId> changed) {
    Map<ActorRef<VpnFeed.Message>, Set<NodeId>> concerned = new HashMap<>();
    for (NodeId node : changed) {
      watchers
          .getOrDefault(node, Set.of())
          .forEach(feed -> concerned.computeIfAbsent(feed, key -> new HashSet<>()).add(node));
    }
    concerned.forEach((feed, nodes) -> feed.tell(presenceOf(nodes, false)));
  }

  private VpnFeed.PresenceOf presenceOf(Set<NodeId> nodes, boolean answer) {
    Map<NodeId, Presence> online = new HashMap<>();
    for (NodeId node : nodes) {
      Presence presence = presences.effective(node);
      if (presence != null) {
        online.put(node, presence);
      }
    }
    return new VpnFeed.PresenceOf(Set.copyOf(nodes), Map.copyOf(online), answer);
  }

  /** A session joins the feed of a VPN, which begins with its first one. */
  void join(FeedRouter.JoinVpn join) {
    LocalFeed feed = feeds.computeIfAbsent(join.vpn(), vpn -> new LocalFeed(spawnFeed(vpn)));
    feed.members.put(join.member(), join.node());
    feed.ref.tell(new VpnFeed.Join(join.member(), join.node()));
  }

  private ActorRef<VpnFeed.Message> spawnFeed(VpnId vpn) {
    ActorRef<VpnFeed.Message> ref =
        context.spawnAnonymous(
            VpnFeed.create(vpn, vpns.apply(vpn), context.getSelf(), settled, silentFeeds));
    context.watchWith(ref, new FeedRouter.FeedEnded(vpn, ref));
    return ref;
  }

  /** A feed that ends while it has members has failed: soon another incarnation begins. */
  void onEnded(FeedRouter.FeedEnded ended) {
    forgetWatches(ended.feed());
    LocalFeed feed = feeds.get(ended.vpn());
    if (feed != null && feed.ref.equals(ended.feed())) {
      timers.startSingleTimer(ended.feed(), new FeedRouter.ReplaceFeed(ended), FEED_RESTART);
    }
  }

  /** Another incarnation, with the members of the one that failed. */
  void replace(FeedRouter.FeedEnded ended) {
    LocalFeed feed = feeds.get(ended.vpn());
    if (feed != null && feed.ref.equals(ended.feed())) {
      feed.ref = spawnFeed(ended.vpn());
      feed.members.forEach((member, node) -> feed.ref.tell(new VpnFeed.Join(member, node)));
    }
  }

  /** A session leaves; the feed ends with its last one. */
  void leave(FeedRouter.LeaveVpn leave) {
    LocalFeed feed = feeds.get(leave.vpn());
    if (feed == null || feed.members.remove(leave.member()) == null) {
      return;
    }
    feed.ref.tell(new VpnFeed.Leave(leave.member()));
    if (feed.members.isEmpty()) {
      feeds.remove(leave.vpn());
      forgetWatches(feed.ref);
      feed.ref.tell(VpnFeed.Stop.INSTANCE);
    }
  }

  private void forgetWatches(ActorRef<VpnFeed.Message> feed) {
    watchers.values().forEach(set -> set.remove(feed));
    watchers.values().removeIf(Set::isEmpty);
  }

  /** Whether an agent of this server is in the VPN. */
  boolean has(VpnId vpn) {
    return feeds.containsKey(vpn);
  }

  /** Hands on to the feed of a VPN, if there is one. */
  void tell(VpnId vpn, VpnFeed.Message message) {
    LocalFeed feed = feeds.get(vpn);
    if (feed != null) {
      feed.ref.tell(message);
    }
  }

  /** From now on a feed hears of other nodes than before. */
  void watch(FeedRouter.WatchNodes watch) {
    for (NodeId node : watch.removed()) {
      Set<ActorRef<VpnFeed.Message>> set = watchers.get(node);
      if (set != null && set.remove(watch.feed()) && set.isEmpty()) {
        watchers.remove(node);
      }
    }
    for (NodeId node : watch.added()) {
      watchers.computeIfAbsent(node, key -> new HashSet<>()).add(watch.feed());
    }
    if (!watch.added().isEmpty()) {
      watch.feed().tell(presenceOf(watch.added(), true));
    }
  }

  private static final class LocalFeed {
    private ActorRef<VpnFeed.Message> ref;
    private final Map<ActorRef<FeedMember.Message>, NodeId> members = new HashMap<>();

    LocalFeed(ActorRef<VpnFeed.Message> ref) {
      this.ref = Objects.requireNonNull(ref);
    }
  }
}
