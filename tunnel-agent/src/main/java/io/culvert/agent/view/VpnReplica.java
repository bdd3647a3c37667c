package io.culvert.agent.view;

import io.culvert.protocol.v1.Membership;
import io.culvert.protocol.v1.PairSecret;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Update;
import io.culvert.protocol.v1.VpnView;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the agent knows of one VPN. Immutable.
 *
 * @param vpnId {@code organization/name}
 * @param feedIncarnation of the feed that sent it
 * @param sequence of the last frame that went into it
 * @param revision of the VPN
 * @param staleMillis for how long the server had heard nothing of the VPN when it sent the last
 *     frame; 0 if the view was up to date
 * @param vpn what all members share
 * @param self this node's own place
 * @param own how the others see this node; null until the server has said so
 * @param peers the others, by node id
 * @param secrets the server's share of the pairs' keys, by the peer's node id
 */
public record VpnReplica(
    String vpnId,
    long feedIncarnation,
    long sequence,
    long revision,
    int staleMillis,
    VpnView vpn,
    Membership self,
    @Nullable PeerView own,
    SortedMap<String, PeerView> peers,
    Map<String, PairSecret> secrets) {

  /** Closes the collections, which the caller hands over. */
  public VpnReplica {
    peers = Collections.unmodifiableSortedMap(peers);
    secrets = Collections.unmodifiableMap(secrets);
  }

  /** Never shows a secret. */
  @Override
  public String toString() {
    return "VpnReplica[%s, revision=%d, peers=%d]".formatted(vpnId, revision, peers.size());
  }

  /**
   * A whole view. Of a peer whose presence the server does not know yet, what {@code previous} knew
   * of the same membership stays.
   */
  public static VpnReplica of(Snapshot snapshot, @Nullable VpnReplica previous) {
    Membership self = snapshot.hasSelf() || previous == null ? snapshot.getSelf() : previous.self();
    Draft draft = new Draft(previous, self.getNodeId());
    snapshot.getPeersList().forEach(draft::put);
    snapshot.getPairSecretsList().forEach(secret -> draft.secrets.put(secret.getNodeId(), secret));
    return draft.build(
        snapshot.getVpnId(),
        snapshot.getFeedIncarnation(),
        snapshot.getSequence(),
        snapshot.getRevision(),
        snapshot.getStaleMs(),
        snapshot.getVpn(),
        self);
  }

  /** The view after an update; empty if the update does not follow this view: a gap. */
  public Optional<VpnReplica> apply(Update update) {
    if (update.getFeedIncarnation() != feedIncarnation || update.getSequence() != sequence + 1) {
      return Optional.empty();
    }
    Draft draft = new Draft(this, self.getNodeId());
    draft.own = own;
    draft.peers.putAll(peers);
    draft.secrets.putAll(secrets);
    for (String removed : update.getRemovedNodeIdsList()) {
      draft.peers.remove(removed);
      draft.secrets.remove(removed);
    }
    update.getChangedList().forEach(draft::put);
    update.getPairSecretsList().forEach(secret -> draft.secrets.put(secret.getNodeId(), secret));
    return Optional.of(
        draft.build(
            vpnId,
            feedIncarnation,
            update.getSequence(),
            update.getRevision(),
            update.getStaleMs(),
            update.hasVpn() ? update.getVpn() : vpn,
            update.hasSelf() ? update.getSelf() : self));
  }

  /** The next replica while a frame is applied. */
  private static final class Draft {
    private final @Nullable VpnReplica previous;
    private final String selfId;
    private final SortedMap<String, PeerView> peers = new TreeMap<>();
    private final Map<String, PairSecret> secrets = new HashMap<>();
    private @Nullable PeerView own;

    Draft(@Nullable VpnReplica previous, String selfId) {
      this.previous = previous;
      this.selfId = selfId;
    }

    void put(PeerView peer) {
      String nodeId = peer.getMembership().getNodeId();
      if (nodeId.equals(selfId)) {
        own = peer;
      } else {
        peers.put(nodeId, peer.getPresenceUnknown() ? withFormerPresence(peer) : peer);
      }
    }

    private PeerView withFormerPresence(PeerView peer) {
      PeerView former =
          previous == null ? null : previous.peers.get(peer.getMembership().getNodeId());
      return former != null
              && former.getMembership().getAdmittedRevision()
                  == peer.getMembership().getAdmittedRevision()
          ? former.toBuilder().setMembership(peer.getMembership()).build()
          : peer;
    }

    VpnReplica build(
        String vpnId,
        long feedIncarnation,
        long sequence,
        long revision,
        int staleMillis,
        VpnView vpn,
        Membership self) {
      return new VpnReplica(
          vpnId,
          feedIncarnation,
          sequence,
          revision,
          Math.max(0, staleMillis),
          vpn,
          self,
          own,
          peers,
          secrets);
    }
  }
}
