package io.culvert.server.feed;

import io.culvert.model.identity.NodeId;
import io.culvert.model.journal.PartAssembly;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Who is online, by the server that says so. If two say it of one node, the newest logon counts.
 *
 * <p>Owned by the router. Every change returns the nodes whose effective presence is another now.
 */
final class Presences {
  private final Map<ActorRef<FeedRouter.Message>, Origin> origins = new HashMap<>();

  /** What this origin says. */
  Map<NodeId, Presence> of(ActorRef<FeedRouter.Message> origin) {
    Origin known = origins.get(origin);
    return known == null ? Map.of() : Map.copyOf(known.presences);
  }

  /** What this origin says of one node, null if it does not say that the node is online. */
  @Nullable Presence of(ActorRef<FeedRouter.Message> origin, NodeId node) {
    Origin known = origins.get(origin);
    return known == null ? null : known.presences.get(node);
  }

  /** The presence that counts, null if the node is online nowhere. */
  @Nullable Presence effective(NodeId node) {
    Presence newest = null;
    for (Origin origin : origins.values()) {
      Presence presence = origin.presences.get(node);
      if (presence != null
          && (newest == null || Presence.NEWEST_LAST.compare(presence, newest) > 0)) {
        newest = presence;
      }
    }
    return newest;
  }

  /** Whether {@code sequence} follows the last one of this origin; then it is the last one now. */
  boolean advance(ActorRef<FeedRouter.Message> origin, long sequence) {
    Origin known = origins.get(origin);
    if (known == null || known.sequence + 1 != sequence) {
      return false;
    }
    known.sequence = sequence;
    return true;
  }

  /** Whether the origin has used a sequence number that has not come yet. */
  boolean isBehind(ActorRef<FeedRouter.Message> origin, long sequence) {
    Origin known = origins.get(origin);
    return known == null || known.sequence < sequence;
  }

  /** One node at one origin. */
  Set<NodeId> put(ActorRef<FeedRouter.Message> origin, NodeId node, @Nullable Presence presence) {
    Presence before = effective(node);
    Map<NodeId, Presence> presences =
        origins.computeIfAbsent(origin, key -> new Origin()).presences;
    if (presence == null) {
      presences.remove(node);
    } else {
      presences.put(node, presence);
    }
    Presence after = effective(node);
    return Objects.equals(before, after) ? Set.of() : Set.of(node);
  }

  /**
   * A part of the full list of one origin, as of a sequence number. Counts when its last part has
   * come; an older list changes nothing.
   */
  Set<NodeId> replace(FeedRouter.PresenceList list) {
    Origin known = origins.computeIfAbsent(list.origin(), key -> new Origin());
    Map<NodeId, Presence> whole = known.list.add(list.sequence(), list.part(), list.presences());
    return whole == null ? Set.of() : replace(list.origin(), known, list.sequence(), whole);
  }

  private Set<NodeId> replace(
      ActorRef<FeedRouter.Message> origin,
      Origin known,
      long sequence,
      Map<NodeId, Presence> presences) {
    if (sequence < known.sequence) {
      return Set.of();
    }
    known.sequence = sequence;
    Set<NodeId> touched = new HashSet<>(known.presences.keySet());
    touched.addAll(presences.keySet());
    Set<NodeId> changed = new HashSet<>();
    for (NodeId node : touched) {
      changed.addAll(put(origin, node, presences.get(node)));
    }
    return changed;
  }

  /** The origin is gone. */
  Set<NodeId> forget(ActorRef<FeedRouter.Message> origin) {
    Origin known = origins.get(origin);
    if (known == null) {
      return Set.of();
    }
    Set<NodeId> changed = new HashSet<>();
    for (NodeId node : Set.copyOf(known.presences.keySet())) {
      changed.addAll(put(origin, node, null));
    }
    origins.remove(origin);
    return changed;
  }

  private static final class Origin {
    private final Map<NodeId, Presence> presences = new HashMap<>();
    private final PartAssembly<NodeId, Presence> list = new PartAssembly<>();
    private long sequence;
  }
}
