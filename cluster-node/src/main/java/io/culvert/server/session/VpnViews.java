package io.culvert.server.session;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.protocol.v1.Applied;
import io.culvert.server.feed.FeedMember;
import io.culvert.server.feed.FeedRouter;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The views of the VPNs in which the session's node is: joins their feeds, hands on what they say,
 * and asks for what the agent missed. Owned by the session's actor.
 */
final class VpnViews {
  private final ActorRef<FeedRouter.Message> router;
  private final ActorRef<FeedMember.Message> member;
  private final ViewSender sender;
  private final JoinedVpns vpns;
  private final PulledViews pulled;

  /**
   * Of no VPN yet.
   *
   * @param member receives what the feeds say, for {@link #onFeed}
   */
  VpnViews(
      SessionEnvironment environment, ActorRef<FeedMember.Message> member, AgentStream stream) {
    this.router = environment.router();
    this.member = member;
    this.sender = new ViewSender(stream, new PairSecrets(environment.masterKey()));
    this.vpns = new JoinedVpns(router, member);
    this.pulled = new PulledViews(router, member, stream);
  }

  /** The agent was told that its node is in these VPNs; what is not true it is told to leave. */
  void announced(Set<VpnId> memberships) {
    sender.announced(memberships);
  }

  /** Joins and leaves feeds until the session is where its node is a member. */
  void follow(NodeId node, Set<VpnId> memberships) {
    vpns.follow(node, memberships)
        .forEach(
            left -> {
              sender.leave(left, 0);
              pulled.left(left);
            });
  }

  /** The agent asks for changes from now on: see {@link #onPull}. */
  void willPull() {
    pulled.begin();
  }

  /** A feed speaks. */
  void onFeed(FeedMember.Message message) {
    if (vpns.contains(message.vpn()) && isAnswer(message)) {
      vpns.seen(message.vpn());
      pulled.seen(message.vpn());
    }
  }

  /** Whether the agent has its view after this message, or there is none for it. */
  private boolean isAnswer(FeedMember.Message message) {
    return switch (message) {
      case FeedMember.View view -> sender.show(view);
      case FeedMember.Left left -> {
        sender.leave(left.vpn(), left.revision());
        yield true;
      }
      case FeedMember.NotAMember no -> true;
      case FeedMember.Unchanged same -> sender.has(same.vpn());
    };
  }

  /** The stream takes frames again: the snapshots that it did not take are asked for. */
  void onStreamReady() {
    sender.flush().forEach(this::resync);
  }

  /** The agent missed something. A VPN that is not the session's is passed over. */
  void onResync(String vpnId) {
    VpnId vpn = vpns.find(vpnId);
    if (vpn != null) {
      resync(vpn);
    }
  }

  private void resync(VpnId vpn) {
    router.tell(new FeedRouter.ResyncVpn(vpn, member));
  }

  /** The agent wants what has changed since it asked last. */
  void onPull() {
    pulled.ask(vpns.all());
  }

  /** The agent applied a revision. A VPN that is not the session's is passed over. */
  void onApplied(Applied applied) {
    VpnId vpn = vpns.find(applied.getVpnId());
    if (vpn != null) {
      router.tell(
          new FeedRouter.AppliedVpn(
              vpn, member, applied.getFeedIncarnation(), applied.getRevision()));
    }
  }

  /** Whether the agent has all its views. */
  boolean allSeen() {
    return vpns.allSeen();
  }

  /** Leaves all feeds, without a word to the agent. */
  void leaveAll() {
    vpns.leaveAll();
  }
}
