package io.culvert.server.feed;

import io.culvert.model.identity.NodeId;
import io.culvert.model.journal.PartAssembly;
import io.culvert.server.feed.AppliedRevisions.MemberStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Puts one answer together of what the routers of all servers say their agents have applied. A
 * server that does not answer in time leaves its agents' revisions unknown. Ends with the answer.
 */
final class AppliedCollector extends AbstractBehavior<AppliedCollector.Message> {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** What it is sent. */
  sealed interface Message permits Late, FeedRouter.AppliedPart {}

  private enum Late implements Message {
    INSTANCE
  }

  private final Map<NodeId, Presence> online;
  private final ActorRef<FeedRouter.VpnStatus> replyTo;
  private final Set<ActorRef<FeedRouter.Message>> awaited;
  private final Map<ActorRef<FeedRouter.Message>, PartAssembly<NodeId, Long>> parts =
      new HashMap<>();
  private final Map<NodeId, Long> applied = new HashMap<>();

  private AppliedCollector(
      ActorContext<Message> context,
      Map<NodeId, Presence> online,
      Set<ActorRef<FeedRouter.Message>> routers,
      ActorRef<FeedRouter.VpnStatus> replyTo) {
    super(context);
    this.online = online;
    this.awaited = new HashSet<>(routers);
    this.replyTo = replyTo;
  }

  /**
   * The actor.
   *
   * @param online the online members
   * @param routers all that will answer
   */
  static Behavior<Message> create(
      Map<NodeId, Presence> online,
      Set<ActorRef<FeedRouter.Message>> routers,
      ActorRef<FeedRouter.VpnStatus> replyTo) {
    return Behaviors.withTimers(
        timers -> {
          timers.startSingleTimer(Late.INSTANCE, PATIENCE);
          return Behaviors.setup(
              context -> new AppliedCollector(context, online, routers, replyTo));
        });
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(FeedRouter.AppliedPart.class, this::onPart)
        .onMessage(Late.class, late -> answer())
        .build();
  }

  private Behavior<Message> onPart(FeedRouter.AppliedPart part) {
    Map<NodeId, Long> whole =
        parts
            .computeIfAbsent(part.origin(), any -> new PartAssembly<>())
            .add(0, part.part(), part.applied());
    if (whole != null && awaited.remove(part.origin())) {
      whole.forEach((node, revision) -> applied.merge(node, revision, Math::max));
    }
    return awaited.isEmpty() ? answer() : this;
  }

  private Behavior<Message> answer() {
    Map<NodeId, MemberStatus> members = new HashMap<>();
    online.forEach(
        (node, presence) ->
            members.put(
                node,
                new MemberStatus(
                    presence.server(),
                    applied.getOrDefault(node, MemberStatus.UNKNOWN_REVISION),
                    presence.pullIntervalMillis())));
    replyTo.tell(new FeedRouter.VpnStatus(Map.copyOf(members)));
    return Behaviors.stopped();
  }
}
