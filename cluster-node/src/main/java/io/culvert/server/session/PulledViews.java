package io.culvert.server.session;

import io.culvert.model.identity.VpnId;
import io.culvert.server.feed.FeedMember;
import io.culvert.server.feed.FeedRouter;
import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The views of an agent that asks for changes at its own interval. Between two pulls the feeds tell
 * the session nothing, so that it costs only its memory. Owned by the session's actor.
 */
final class PulledViews {
  private final ActorRef<FeedRouter.Message> router;
  private final ActorRef<FeedMember.Message> member;
  private final AgentStream stream;

  /** The VPNs whose feeds were told to be quiet. */
  private final Set<VpnId> quiet = new HashSet<>();

  /** The VPNs of which the agent awaits a view, or a word that it has the newest. */
  private final Set<VpnId> awaited = new HashSet<>();

  private boolean pulls;
  private boolean asked;

  /** Of an agent that is told changes as they happen, until {@link #begin}. */
  PulledViews(
      ActorRef<FeedRouter.Message> router,
      ActorRef<FeedMember.Message> member,
      AgentStream stream) {
    this.router = router;
    this.member = member;
    this.stream = stream;
  }

  /** The agent pulls. */
  void begin() {
    pulls = true;
  }

  /** The agent asks; once more while it awaits the answer changes nothing. */
  void ask(Set<VpnId> vpns) {
    if (pulls && !asked) {
      asked = true;
      awaited.addAll(vpns);
      vpns.forEach(this::pull);
      answer();
    }
  }

  /** The agent has its view of a VPN, or there is none for it. */
  void seen(VpnId vpn) {
    if (pulls && quiet.add(vpn)) {
      pull(vpn);
    } else if (awaited.remove(vpn)) {
      answer();
    }
  }

  /** The session is not in a VPN any more. */
  void left(VpnId vpn) {
    quiet.remove(vpn);
    if (awaited.remove(vpn)) {
      answer();
    }
  }

  private void pull(VpnId vpn) {
    router.tell(new FeedRouter.PullVpn(vpn, member));
  }

  private void answer() {
    if (asked && awaited.isEmpty()) {
      asked = false;
      stream.send(Frames.pulled());
    }
  }
}
