package io.culvert.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.Decision;
import io.culvert.model.journal.Part;
import io.culvert.model.vpn.CipherSuite;
import io.culvert.model.vpn.Membership;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.model.vpn.VpnEvent;
import io.culvert.model.vpn.VpnLedger;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.model.vpn.VpnSettings;
import io.culvert.model.vpn.VpnState;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Left;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.ServerFrame;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.PostStop;
import org.jspecify.annotations.Nullable;

/**
 * One feed between a real ledger, the truth of presence, and naive agents; everything runs step by
 * step in the test's thread.
 */
final class FeedWorld {
  static final int NODES = 5;
  private static final VpnId VPN = VpnId.parse("acme/office");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final AtomicInteger REQUESTS = new AtomicInteger();

  private final TestInbox<VpnProtocol.Command> entity = TestInbox.create();
  private final TestInbox<FeedRouter.Message> router = TestInbox.create();
  private final TestInbox<VpnProtocol.Reply> replies = TestInbox.create();
  private final AtomicInteger silentFeeds = new AtomicInteger();
  private final BehaviorTestKit<VpnFeed.Message> feed =
      BehaviorTestKit.create(
          VpnFeed.create(VPN, entity.getRef(), router.getRef(), false, silentFeeds));
  private final Map<NodeId, Presence> online = new HashMap<>();
  private final Map<NodeId, Agent> agents = new HashMap<>();

  /** Whose presence the feed hears of. */
  private final Set<NodeId> watched = new HashSet<>();

  private VpnLedger ledger = VpnLedger.absent(VPN);
  private @Nullable ActorRef<VpnProtocol.FeedMessage> subscriber;
  private boolean settled;
  private boolean deaf;

  FeedWorld() {
    change(
        new VpnProtocol.CreateVpn(
            request(),
            new VpnSettings(
                CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.1.0.0/16", "fd00:1::/64"),
            replies.getRef()),
        true);
  }

  // ---- what happens ----

  void admit(int who, boolean heard) {
    change(new VpnProtocol.AdmitNode(request(), node(who), role(who), replies.getRef()), heard);
  }

  /** All nodes from one on, with one command. */
  void admitFrom(int first, boolean heard) {
    List<VpnProtocol.Admission> missing =
        IntStream.range(first, NODES)
            .filter(who -> !ledger.state().memberships().containsKey(node(who)))
            .mapToObj(who -> new VpnProtocol.Admission(node(who), role(who)))
            .toList();
    change(new VpnProtocol.AdmitNodes(request(), missing, replies.getRef()), heard);
  }

  void remove(int who, boolean heard) {
    change(new VpnProtocol.RemoveNode(request(), node(who), replies.getRef()), heard);
  }

  void changeRole(int who, boolean heard) {
    Membership member = ledger.state().memberships().get(node(who));
    if (member != null) {
      Role other = member.role() == Role.HUB ? Role.SPOKE : Role.HUB;
      change(new VpnProtocol.ChangeRole(request(), node(who), other, replies.getRef()), heard);
    }
  }

  void changeTopology(boolean heard) {
    Topology other =
        ledger.state().settings().topology() == Topology.FULL_MESH
            ? Topology.HUB_AND_SPOKE
            : Topology.FULL_MESH;
    change(new VpnProtocol.ChangeTopology(request(), other, replies.getRef()), heard);
  }

  void changeCipher(boolean heard) {
    CipherSuite other =
        ledger.state().settings().cipherSuite() == CipherSuite.AES_256_GCM
            ? CipherSuite.AES_128_GCM
            : CipherSuite.AES_256_GCM;
    change(new VpnProtocol.ChangeCipherSuite(request(), other, replies.getRef()), heard);
  }

  void renewSecret(boolean heard) {
    change(new VpnProtocol.RenewSecret(request(), replies.getRef()), heard);
  }

  void comeOnline(int who) {
    online.put(node(who), presence(who));
    presenceChanged(who);
  }

  /** The feed hears it, but has something else to do before it tells anybody. */
  void comeOnlineMeanwhile(int who) {
    online.put(node(who), presence(who));
    tellPresence(who);
  }

  void goOffline(int who) {
    online.remove(node(who));
    presenceChanged(who);
  }

  void join(int who) {
    agents.computeIfAbsent(
        node(who),
        key -> {
          Agent agent = new Agent();
          feed.run(new VpnFeed.Join(agent.inbox.getRef(), key));
          return agent;
        });
    settleDown();
  }

  void leave(int who) {
    Agent agent = agents.remove(node(who));
    if (agent != null) {
      feed.run(new VpnFeed.Leave(agent.inbox.getRef()));
    }
  }

  /** From now on the agent hears of changes only when it asks, as it does now. */
  void pull(int who) {
    Agent agent = agents.get(node(who));
    if (agent != null) {
      pull(node(who), agent);
    }
  }

  private void pull(NodeId node, Agent agent) {
    agent.pulls = true;
    agent.questions++;
    feed.run(new VpnFeed.Pull(agent.inbox.getRef()));
    settleDown();
    if (!deaf && agent.questions == 0) {
      check(node, agent);
    }
  }

  void loseNextFrame(int who) {
    Agent agent = agents.get(node(who));
    if (agent != null) {
      agent.losesNext = true;
    }
  }

  /** What the feed's timer does. */
  void renewSubscription() {
    feed.run(VpnFeed.Renew.INSTANCE);
    settleDown();
  }

  /** The feed renews, and the entity does not answer. */
  void renewInVain() {
    feed.run(VpnFeed.Renew.INSTANCE);
    while (entity.hasMessages()) {
      var _ = entity.receiveMessage();
    }
    settleDown();
  }

  /** What an agent has been told of the age of its view, in ms. */
  int staleMillis(int who) {
    return Objects.requireNonNull(agents.get(node(who))).view.staleMillis();
  }

  /** The number of the last frame that an agent got. */
  long sequence(int who) {
    return Objects.requireNonNull(agents.get(node(who))).view.sequence();
  }

  int silentFeeds() {
    return silentFeeds.get();
  }

  /** However it came to that. */
  void stop() {
    feed.signal(PostStop.instance());
  }

  void settle() {
    settled = true;
    feed.run(VpnFeed.PresenceSettled.INSTANCE);
    settleDown();
  }

  /** Everything that was lost is repaired by the next message that comes. */
  void hearAgain() {
    renewSubscription();
    agents.values().forEach(agent -> agent.losesNext = false);
    renewSecret(true);
    Map.copyOf(agents)
        .forEach(
            (node, agent) -> {
              if (agent.pulls) {
                pull(node, agent);
              }
            });
  }

  // ---- how it travels ----

  private void change(VpnProtocol.Change command, boolean heard) {
    VpnLedger before = ledger;
    if (ledger.decide(command, NOW)
        instanceof Decision.Accept<VpnEvent, VpnProtocol.Reply>(var events, var reply)) {
      for (VpnEvent event : events) {
        ledger = ledger.apply(event);
      }
      ActorRef<VpnProtocol.FeedMessage> known = subscriber;
      if (known != null && heard) {
        // Two at a time, as many more come in several messages.
        for (int i = 0; i < events.size(); i += 2) {
          known.tell(
              new VpnProtocol.Revised(
                  VPN,
                  before.state().revision() + i,
                  events.subList(i, Math.min(events.size(), i + 2))));
        }
        deaf = false;
      } else {
        deaf = true;
      }
    }
    settleDown();
  }

  private void presenceChanged(int who) {
    tellPresence(who);
    settleDown();
  }

  /** As the router does: of those whom the feed watches, even if the ledger knows better. */
  private void tellPresence(int who) {
    if (watched.contains(node(who))) {
      feed.run(presenceOf(Set.of(node(who)), false));
    }
  }

  private VpnFeed.PresenceOf presenceOf(Set<NodeId> nodes, boolean answer) {
    Map<NodeId, Presence> known = new HashMap<>(online);
    known.keySet().retainAll(nodes);
    return new VpnFeed.PresenceOf(nodes, known, answer);
  }

  /** Until nobody has anything to say any more. */
  void settleDown() {
    boolean busy = true;
    while (busy) {
      busy = false;
      while (feed.selfInbox().hasMessages()) {
        feed.runOne();
        busy = true;
      }
      while (entity.hasMessages()) {
        if (entity.receiveMessage() instanceof VpnProtocol.Subscribe subscribe) {
          subscriber = subscribe.feed();
          answer(subscribe);
          deaf = false;
          busy = true;
        }
      }
      while (router.hasMessages()) {
        if (router.receiveMessage() instanceof FeedRouter.WatchNodes watch) {
          watched.removeAll(watch.removed());
          watched.addAll(watch.added());
          if (!watch.added().isEmpty()) {
            feed.run(presenceOf(watch.added(), true));
            busy = true;
          }
        }
      }
      for (Agent agent : agents.values()) {
        busy |= agent.read();
      }
    }
  }

  private void answer(VpnProtocol.Subscribe subscribe) {
    VpnState state = ledger.state();
    subscribe
        .feed()
        .tell(
            subscribe.knownRevision() == state.revision()
                ? new VpnProtocol.UpToDate(VPN, state.revision())
                : new VpnProtocol.FullState(VPN, state, Part.WHOLE));
  }

  // ---- what must hold ----

  /** All agents that missed nothing see what the state lets them see, once the feed is idle. */
  void check() {
    if (deaf || feed.selfInbox().hasMessages()) {
      return;
    }
    agents.forEach(
        (node, agent) -> {
          if (!agent.pulls) {
            check(node, agent);
          }
        });
  }

  private void check(NodeId node, Agent agent) {
    Membership own = ledger.state().memberships().get(node);
    if (agent.missed || agent.losesNext) {
      return;
    }
    assertThat(agent.view.isValid()).as("%s has a view", node).isEqualTo(own != null);
    if (own == null) {
      return;
    }
    Map<String, PeerView> expected = new TreeMap<>();
    for (Membership peer : ledger.state().memberships().values()) {
      if (ledger.state().connects(own, peer)) {
        expected.put(
            peer.node().toString(), ViewEncoder.peer(VPN, peer, online.get(peer.node()), settled));
      }
    }
    Map<String, PeerView> seen = new TreeMap<>(agent.view.peers());
    // Whether an agent gets itself is of no meaning: it passes over itself.
    seen.remove(node.toString());
    expected.remove(node.toString());
    assertThat(seen).as("peers of %s", node).isEqualTo(expected);
    assertThat(agent.view.vpn()).isEqualTo(ViewEncoder.vpn(ledger.state()));
    assertThat(agent.view.revision()).isEqualTo(ledger.state().revision());
    if (silentFeeds.get() == 0) {
      assertThat(agent.view.staleMillis()).as("age told to %s", node).isZero();
    }
    for (String peer : expected.keySet()) {
      assertThat(agent.secretsOf.get(peer))
          .as("secret of %s with %s", node, peer)
          .isEqualTo(
              secretOf(
                  ledger.state().epoch(),
                  own,
                  ledger.state().memberships().get(NodeId.parse(peer))));
    }
  }

  private static String secretOf(int epoch, Membership own, @Nullable Membership peer) {
    return "%d %d %s"
        .formatted(epoch, own.admittedRevision(), peer == null ? "" : peer.admittedRevision());
  }

  /** A naive agent behind a session that forwards everything at once. */
  private final class Agent {
    private final TestInbox<FeedMember.Message> inbox = TestInbox.create();
    private final NaiveView view = new NaiveView();
    private final Map<String, String> secretsOf = new HashMap<>();
    private boolean losesNext;
    private boolean missed;

    /** It hears of changes only while it asks. */
    private boolean pulls;

    /** That have not been answered yet. */
    private int questions;

    boolean read() {
      boolean any = false;
      while (inbox.hasMessages()) {
        any = true;
        FeedMember.Message message = inbox.receiveMessage();
        boolean unasked = pulls && questions == 0 && view.isValid() && !missed;
        if (!(message instanceof FeedMember.View shown) || shown.snapshot()) {
          questions = Math.max(0, questions - 1);
        }
        if (losesNext && message instanceof FeedMember.View) {
          losesNext = false;
          missed = true;
        } else {
          apply(message, unasked);
        }
      }
      return any;
    }

    private void apply(FeedMember.Message message, boolean unasked) {
      switch (message) {
        case FeedMember.View shown -> {
          assertThat(unasked).as("a view that was not asked for").isFalse();
          if (view.apply(parse(shown.shared()))) {
            missed = false;
            if (shown.snapshot()) {
              secretsOf.clear();
            }
            shown
                .secretsFor()
                .forEach(
                    peer ->
                        secretsOf.put(
                            peer.node().toString(), secretOf(shown.epoch(), shown.own(), peer)));
          } else {
            resync();
          }
        }
        case FeedMember.Left left -> {
          missed = false;
          view.apply(ServerFrame.newBuilder().setLeft(Left.getDefaultInstance()).build());
        }
        case FeedMember.NotAMember no -> assertThat(view.isValid()).isFalse();
        case FeedMember.Unchanged same -> {
          if (missed) {
            resync();
          }
        }
      }
    }

    private void resync() {
      questions++;
      feed.run(new VpnFeed.Resync(inbox.getRef()));
    }
  }

  private static ServerFrame parse(ByteString bytes) {
    try {
      return ServerFrame.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Presence presence(int who) {
    int change = REQUESTS.incrementAndGet();
    return new Presence(
        "session-" + who,
        NOW,
        "server1",
        Attributes.newBuilder()
            .setX25519PublicKey(ByteString.copyFrom(new byte[32]))
            .setUdpPort(1 + change % 60_000)
            .setHostName("host" + change)
            .build()
            .toByteString(),
        ByteString.copyFrom(new byte[] {(byte) 198, 18, 0, (byte) who}));
  }

  private static NodeId node(int who) {
    return NodeId.parse("acme/n" + who);
  }

  private static Role role(int who) {
    return who == 0 ? Role.HUB : Role.SPOKE;
  }

  private static String request() {
    return "request-" + REQUESTS.incrementAndGet();
  }
}
