package io.culvert.server.feed;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.vpn.Membership;
import io.culvert.model.vpn.VpnState;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Update;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one feed: numbered for each class of equal views, and encoded once for each class
 * and change, however many sessions get them. Owned by the feed's actor.
 */
final class ClassFrames {
  private final VpnId vpn;
  private final long incarnation;
  private final Map<ViewClass, Long> sequences = new EnumMap<>(ViewClass.class);
  private final Map<ViewClass, Shared> snapshots = new EnumMap<>(ViewClass.class);
  private long encodings;

  /**
   * Frames of a new incarnation, none sent yet.
   *
   * @param incarnation never used before for this VPN, nor the number behind it
   */
  ClassFrames(VpnId vpn, long incarnation) {
    this.vpn = vpn;
    this.incarnation = incarnation;
  }

  /**
   * What all sessions of a class get.
   *
   * @param bytes an encoded {@code ServerFrame}
   * @param secretsFor members with which an agent needs a pair secret; may include the agent's own
   */
  record Shared(ByteString bytes, List<Membership> secretsFor) {}

  /** Whether an agent speaks of this incarnation, in any class. */
  boolean isIncarnation(long candidate) {
    return candidate == incarnation(ViewClass.EVERYONE) || candidate == incarnation(ViewClass.HUBS);
  }

  /**
   * Each class counts for itself, so each is an incarnation of its own to the agents: an agent that
   * changed its class and lost the snapshot must not take the next update for the one that follows.
   */
  private long incarnation(ViewClass viewClass) {
    return switch (viewClass) {
      case EVERYONE -> incarnation;
      case HUBS -> incarnation + 1;
    };
  }

  /** How many frames were encoded. */
  long encodings() {
    return encodings;
  }

  /** The replica changed in a way that no update describes: the next snapshots have new numbers. */
  void restart() {
    snapshots.clear();
    sequences.replaceAll((viewClass, sequence) -> sequence + 1);
  }

  /** What snapshots say beside the replica has changed: how old it is. */
  void forgetSnapshots() {
    snapshots.clear();
  }

  /** The replica changed, and nobody of a class wants to hear of it now. */
  void skip(ViewClass viewClass) {
    snapshots.remove(viewClass);
    sequences.computeIfPresent(viewClass, (key, sequence) -> sequence + 1);
  }

  /** The number of the newest view of a class, sent or skipped; 0 before the first. */
  long sequence(ViewClass viewClass) {
    return sequences.getOrDefault(viewClass, 0L);
  }

  /** The snapshot of a class, as of its last update. */
  Shared snapshot(ViewClass viewClass, Replica replica) {
    return snapshots.computeIfAbsent(viewClass, key -> encodeSnapshot(key, replica));
  }

  private Shared encodeSnapshot(ViewClass viewClass, Replica replica) {
    List<Membership> visible = replica.visible(viewClass);
    Snapshot.Builder snapshot =
        Snapshot.newBuilder()
            .setVpnId(vpn.toString())
            .setFeedIncarnation(incarnation(viewClass))
            .setSequence(sequences.computeIfAbsent(viewClass, key -> 1L))
            .setRevision(replica.state().revision())
            .setStaleMs(replica.staleMillis())
            .setVpn(ViewEncoder.vpn(replica.state()));
    for (Membership peer : visible) {
      snapshot.addPeers(
          ViewEncoder.peer(vpn, peer, replica.presences().get(peer.node()), replica.settled()));
    }
    return new Shared(encode(ServerFrame.newBuilder().setSnapshot(snapshot)), visible);
  }

  /**
   * The update of a class; null if nothing changes for it, and then its sequence and its snapshot
   * stay. This or {@link #skip} is due for each class at each change of the replica.
   *
   * @param before the state in which the last frame left the class
   */
  @Nullable Shared update(ViewClass viewClass, VpnState before, Replica now, VpnChange change) {
    Update.Builder update = Update.newBuilder();
    List<Membership> touched = new ArrayList<>();
    for (NodeId node : change.nodes()) {
      Membership member = now.state().memberships().get(node);
      Membership then = before.memberships().get(node);
      if (member != null && viewClass.sees(member)) {
        update.addChanged(ViewEncoder.peer(vpn, member, now.presences().get(node), now.settled()));
        touched.add(member);
      } else if (member == null && then != null && viewClass.sees(then)) {
        update.addRemovedNodeIds(node.toString());
      }
    }
    if (before.revision() == now.state().revision() && touched.isEmpty()) {
      return null;
    }
    snapshots.remove(viewClass);
    if (change.vpn()) {
      update.setVpn(ViewEncoder.vpn(now.state()));
    }
    return new Shared(
        numbered(viewClass, now, update), change.vpn() ? now.visible(viewClass) : touched);
  }

  /** The update that says nothing but that the view is up to date, or how stale it is. */
  Shared age(ViewClass viewClass, Replica now) {
    return new Shared(numbered(viewClass, now, Update.newBuilder()), List.of());
  }

  private ByteString numbered(ViewClass viewClass, Replica now, Update.Builder update) {
    return encode(
        ServerFrame.newBuilder()
            .setUpdate(
                update
                    .setVpnId(vpn.toString())
                    .setFeedIncarnation(incarnation(viewClass))
                    .setSequence(sequences.merge(viewClass, 1L, Long::sum))
                    .setRevision(now.state().revision())
                    .setStaleMs(now.staleMillis())));
  }

  private ByteString encode(ServerFrame.Builder frame) {
    encodings++;
    return frame.build().toByteString();
  }
}
