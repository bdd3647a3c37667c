package io.culvert.server.session;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.server.feed.FeedMember;
import io.culvert.server.feed.FeedRouter;
import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * The VPNs whose feeds a session has joined, and of which of them the agent still lacks its first
 * view. Owned by the session's actor.
 */
final class JoinedVpns {
  private final ActorRef<FeedRouter.Message> router;
  private final ActorRef<FeedMember.Message> member;
  private final Set<VpnId> joined = new HashSet<>();
  private final Set<VpnId> unseen = new HashSet<>();

  /** None yet. */
  JoinedVpns(ActorRef<FeedRouter.Message> router, ActorRef<FeedMember.Message> member) {
    this.router = router;
    this.member = member;
  }

  boolean contains(VpnId vpn) {
    return joined.contains(vpn);
  }

  /** All VPNs of this session. */
  Set<VpnId> all() {
    return Set.copyOf(joined);
  }

  /** A VPN of this session; null for any other text: the agent may not have seen a change yet. */
  @Nullable VpnId find(String vpnId) {
    for (VpnId vpn : joined) {
      if (vpn.toString().equals(vpnId)) {
        return vpn;
      }
    }
    return null;
  }

  /**
   * Joins and leaves feeds until the session is where its node is a member.
   *
   * @return the VPNs that it left
   */
  Set<VpnId> follow(NodeId node, Set<VpnId> memberships) {
    for (VpnId vpn : memberships) {
      if (joined.add(vpn)) {
        unseen.add(vpn);
        router.tell(new FeedRouter.JoinVpn(vpn, node, member));
      }
    }
    Set<VpnId> left = new HashSet<>(joined);
    left.removeAll(memberships);
    left.forEach(this::leave);
    return left;
  }

  /** Leaves all feeds. */
  void leaveAll() {
    Set.copyOf(joined).forEach(this::leave);
  }

  private void leave(VpnId vpn) {
    joined.remove(vpn);
    unseen.remove(vpn);
    router.tell(new FeedRouter.LeaveVpn(vpn, member));
  }

  /** The agent has its view of this VPN, or there is none for it. */
  void seen(VpnId vpn) {
    unseen.remove(vpn);
  }

  /** Whether the agent has all its views. */
  boolean allSeen() {
    return unseen.isEmpty();
  }
}
