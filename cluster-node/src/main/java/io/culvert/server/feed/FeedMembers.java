package io.culvert.server.feed;

import io.culvert.model.identity.NodeId;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that joined a feed, by node and by the class of views that they get, so that a
 * change costs nothing for those whom it does not concern. Owned by the feed's actor.
 */
final class FeedMembers {
  private final Map<ActorRef<FeedMember.Message>, Member> all = new HashMap<>();
  private final Map<NodeId, Set<Member>> byNode = new HashMap<>();
  private final Map<ViewClass, Set<Member>> byClass = new EnumMap<>(ViewClass.class);

  /** A session, not admitted yet. One that joins again begins anew. */
  Member join(ActorRef<FeedMember.Message> ref, NodeId node) {
    leave(ref);
    Member member = new Member(ref, node);
    all.put(ref, member);
    byNode.computeIfAbsent(node, key -> new HashSet<>()).add(member);
    return member;
  }

  /** The session is no longer told anything. */
  void leave(ActorRef<FeedMember.Message> ref) {
    Member member = all.remove(ref);
    if (member == null) {
      return;
    }
    dismiss(member);
    Set<Member> ofNode = byNode.get(member.node);
    if (ofNode != null && ofNode.remove(member) && ofNode.isEmpty()) {
      byNode.remove(member.node);
    }
  }

  @Nullable Member find(ActorRef<FeedMember.Message> ref) {
    return all.get(ref);
  }

  /** All, in no order; safe while they are admitted and dismissed. */
  List<Member> all() {
    return List.copyOf(all.values());
  }

  /** The sessions of these nodes, usually one each. */
  List<Member> of(Collection<NodeId> nodes) {
    return nodes.stream().flatMap(node -> byNode.getOrDefault(node, Set.of()).stream()).toList();
  }

  /** Those that get the updates of a class. */
  Set<Member> of(ViewClass viewClass) {
    return byClass.getOrDefault(viewClass, Set.of());
  }

  /**
   * The member is sent a snapshot. It gets the updates behind it, unless it pulls.
   *
   * @param sequence of the snapshot
   */
  void admit(Member member, ViewClass viewClass, long sequence) {
    member.sequence = sequence;
    member.asked = false;
    if (member.viewClass != viewClass) {
      dismiss(member);
      member.viewClass = viewClass;
      if (!member.pulls) {
        byClass.computeIfAbsent(viewClass, key -> new LinkedHashSet<>()).add(member);
      }
    }
  }

  /** The member has no view of the VPN any more. */
  void dismiss(Member member) {
    stopUpdates(member);
    member.viewClass = null;
    member.asked = false;
  }

  /** From now on the member gets no updates, and no snapshot before it asks. */
  void quieten(Member member) {
    stopUpdates(member);
    member.pulls = true;
  }

  private void stopUpdates(Member member) {
    if (member.viewClass != null && !member.pulls) {
      of(member.viewClass).remove(member);
    }
  }

  /** What the agents of these sessions have applied, by node; the newest of a node's sessions. */
  Map<NodeId, Long> applied() {
    Map<NodeId, Long> applied = new HashMap<>();
    for (Member member : all.values()) {
      applied.merge(member.node, member.appliedRevision, Math::max);
    }
    return applied;
  }

  /** One session. */
  static final class Member {
    private final ActorRef<FeedMember.Message> ref;
    private final NodeId node;
    private long appliedRevision;
    private @Nullable ViewClass viewClass;
    private long sequence;
    private boolean pulls;
    private boolean asked;

    private Member(ActorRef<FeedMember.Message> ref, NodeId node) {
      this.ref = ref;
      this.node = node;
    }

    NodeId node() {
      return node;
    }

    /** Whether it was sent a view as a member, and nothing since that says it is none. */
    boolean isAdmitted() {
      return viewClass != null;
    }

    /** The class of the view that it was sent; null if it has none. */
    @Nullable ViewClass viewClass() {
      return viewClass;
    }

    /** The number of the snapshot that it was sent last. */
    long sequence() {
      return sequence;
    }

    /** It has the view of its class with this number. */
    void has(long newest) {
      sequence = newest;
    }

    /** It is owed a snapshot. */
    void asks() {
      asked = true;
    }

    /** Whether it has a view and does not want to hear of changes before it asks again. */
    boolean isQuiet() {
      return pulls && viewClass != null && !asked;
    }

    void tell(FeedMember.Message message) {
      ref.tell(message);
    }

    /** Its agent has applied everything up to a revision. */
    void applied(long revision) {
      appliedRevision = Math.max(appliedRevision, revision);
    }
  }
}
