package io.culvert.server.feed;

import io.culvert.protocol.v1.Membership;
import io.culvert.protocol.v1.PairSecret;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Update;
import io.culvert.protocol.v1.VpnView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** An agent's view of one VPN by the plain rules of agent.proto and nothing else. */
public final class NaiveView {
  private final Map<String, PeerView> peers = new TreeMap<>();
  private final Map<String, PairSecret> secrets = new TreeMap<>();
  private VpnView vpn = VpnView.getDefaultInstance();
  private Membership self = Membership.getDefaultInstance();
  private long incarnation;
  private long sequence;
  private long revision;
  private int staleMillis;
  private boolean valid;

  /** Applies a view; false if it does not follow: the agent must ask for a snapshot. */
  public boolean apply(ServerFrame frame) {
    return switch (frame.getFrameCase()) {
      case SNAPSHOT -> replace(frame.getSnapshot());
      case UPDATE -> follow(frame.getUpdate());
      case LEFT -> leave();
      default -> throw new AssertionError("no view: " + frame);
    };
  }

  private boolean replace(Snapshot snapshot) {
    peers.clear();
    secrets.clear();
    put(snapshot.getPeersList(), snapshot.getPairSecretsList());
    vpn = snapshot.getVpn();
    self = snapshot.getSelf();
    incarnation = snapshot.getFeedIncarnation();
    sequence = snapshot.getSequence();
    revision = snapshot.getRevision();
    staleMillis = snapshot.getStaleMs();
    valid = true;
    return true;
  }

  private boolean follow(Update update) {
    if (!valid
        || update.getFeedIncarnation() != incarnation
        || update.getSequence() != sequence + 1) {
      valid = false;
      return false;
    }
    put(update.getChangedList(), update.getPairSecretsList());
    update.getRemovedNodeIdsList().forEach(peers::remove);
    if (update.hasVpn()) {
      vpn = update.getVpn();
    }
    if (update.hasSelf()) {
      self = update.getSelf();
    }
    sequence = update.getSequence();
    revision = update.getRevision();
    staleMillis = update.getStaleMs();
    return true;
  }

  private boolean leave() {
    peers.clear();
    secrets.clear();
    valid = false;
    return true;
  }

  private void put(List<PeerView> changed, List<PairSecret> added) {
    changed.forEach(peer -> peers.put(peer.getMembership().getNodeId(), peer));
    added.forEach(secret -> secrets.put(secret.getNodeId(), secret));
  }

  /** The peers, also the agent itself, by node. */
  public Map<String, PeerView> peers() {
    return peers;
  }

  /** The secret with a peer; fails if there is none. */
  public PairSecret secret(String node) {
    return Objects.requireNonNull(secrets.get(node), node);
  }

  /** The attributes of the VPN. */
  public VpnView vpn() {
    return vpn;
  }

  /** The agent's own place. */
  public Membership self() {
    return self;
  }

  /** The incarnation of the feed. */
  public long incarnation() {
    return incarnation;
  }

  /** The last sequence number. */
  public long sequence() {
    return sequence;
  }

  /** The revision of the VPN. */
  public long revision() {
    return revision;
  }

  /** For how long the server had heard nothing of the VPN; 0 if the view was up to date. */
  public int staleMillis() {
    return staleMillis;
  }

  /** Whether the agent is a member and has missed nothing. */
  public boolean isValid() {
    return valid;
  }
}
