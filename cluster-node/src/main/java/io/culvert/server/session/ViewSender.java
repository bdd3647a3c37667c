package io.culvert.server.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.culvert.model.identity.VpnId;
import io.culvert.model.vpn.Membership;
import io.culvert.protocol.v1.Left;
import io.culvert.protocol.v1.PairSecret;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Update;
import io.culvert.server.feed.FeedMember;
import io.culvert.server.feed.ViewEncoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sends views: the bytes that the whole class gets, and behind them the agent's own part (its
 * membership, its pair secrets), a second encoding that protobuf merges with the first.
 *
 * <p>Bounded: a VPN that changes while the stream is not ready is only marked. Owned by the
 * session's actor.
 */
final class ViewSender {
  private final AgentStream stream;
  private final PairSecrets secrets;
  private final Set<VpnId> shown = new HashSet<>();

  /** The VPNs that the agent believes to be in, whether it has seen them or not. */
  private final Set<VpnId> announced = new HashSet<>();

  private final Set<VpnId> dirty = new HashSet<>();

  ViewSender(AgentStream stream, PairSecrets secrets) {
    this.stream = stream;
    this.secrets = secrets;
  }

  /**
   * Sends a view, or remembers that the agent needs a snapshot.
   *
   * @return whether the agent has, or will get by itself, a view of this VPN
   */
  boolean show(FeedMember.View view) {
    if (!view.snapshot() && (!shown.contains(view.vpn()) || dirty.contains(view.vpn()))) {
      // A snapshot is on its way, or will be asked for.
      return shown.contains(view.vpn());
    }
    if (!stream.isReady()) {
      dirty.add(view.vpn());
      return false;
    }
    dirty.remove(view.vpn());
    shown.add(view.vpn());
    stream.send(view.shared().concat(ownPart(view)));
    return true;
  }

  /** Whether the agent has the last view that the feed sent. */
  boolean has(VpnId vpn) {
    return shown.contains(vpn) && !dirty.contains(vpn);
  }

  /** The VPNs whose snapshots are needed, now that the stream is ready again. */
  List<VpnId> flush() {
    List<VpnId> needed = new ArrayList<>(dirty);
    // A VPN stays marked until its snapshot comes, so that no update overtakes it.
    return stream.isReady() ? needed : List.of();
  }

  /** The agent was told that it is in these VPNs. */
  void announced(Set<VpnId> vpns) {
    announced.addAll(vpns);
  }

  /** Tells the agent that it left a VPN, if it believes to be in it. */
  void leave(VpnId vpn, long revision) {
    dirty.remove(vpn);
    boolean wasShown = shown.remove(vpn);
    if (announced.remove(vpn) || wasShown) {
      stream.send(
          ServerFrame.newBuilder()
              .setLeft(Left.newBuilder().setVpnId(vpn.toString()).setRevision(revision))
              .build()
              .toByteString());
    }
  }

  private ByteString ownPart(FeedMember.View view) {
    List<PairSecret> own = pairSecrets(view);
    ServerFrame.Builder frame = ServerFrame.newBuilder();
    if (view.snapshot()) {
      Snapshot.Builder snapshot = Snapshot.newBuilder().addAllPairSecrets(own);
      Membership self = view.self();
      if (self != null) {
        snapshot.setSelf(ViewEncoder.membership(self));
      }
      frame.setSnapshot(snapshot);
    } else if (!own.isEmpty()) {
      frame.setUpdate(Update.newBuilder().addAllPairSecrets(own));
    }
    return frame.build().toByteString();
  }

  private List<PairSecret> pairSecrets(FeedMember.View view) {
    List<PairSecret> own = new ArrayList<>();
    for (Membership peer : view.secretsFor()) {
      if (!peer.node().equals(view.own().node())) {
        byte[] secret = secrets.secret(view.vpn(), view.epoch(), view.own(), peer);
        own.add(
            PairSecret.newBuilder()
                .setNodeId(peer.node().toString())
                .setEpoch(view.epoch())
                .setSecret(UnsafeByteOperations.unsafeWrap(secret))
                .build());
      }
    }
    return own;
  }
}
