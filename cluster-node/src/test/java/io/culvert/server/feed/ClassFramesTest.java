package io.culvert.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.Part;
import io.culvert.model.vpn.CipherSuite;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.model.vpn.VpnEvent;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.model.vpn.VpnSettings;
import io.culvert.model.vpn.VpnState;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class ClassFramesTest {
  private static final VpnId VPN = VpnId.parse("acme/office");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void encodesASnapshotOnceHoweverOftenItIsWanted() {
    ClassFrames frames = new ClassFrames(VPN, 7);
    Replica replica = new Replica(state(10, Topology.FULL_MESH), Map.of(), true, 0);

    ClassFrames.Shared first = frames.snapshot(ViewClass.EVERYONE, replica);

    assertThat(frames.snapshot(ViewClass.EVERYONE, replica)).isSameAs(first);
    assertThat(frames.encodings()).isEqualTo(1);
  }

  @Test
  void givesAllMembersOfAClassTheSameBytesOfOneEncoding() {
    TestInbox<VpnProtocol.Command> entity = TestInbox.create();
    TestInbox<FeedRouter.Message> router = TestInbox.create();
    BehaviorTestKit<VpnFeed.Message> feed =
        BehaviorTestKit.create(
            VpnFeed.create(VPN, entity.getRef(), router.getRef(), true, new AtomicInteger()));
    VpnState state = state(50, Topology.HUB_AND_SPOKE);
    List<TestInbox<FeedMember.Message>> sessions =
        state.memberships().keySet().stream()
            .map(
                node -> {
                  TestInbox<FeedMember.Message> session = TestInbox.create();
                  feed.run(new VpnFeed.Join(session.getRef(), node));
                  return session;
                })
            .toList();
    VpnProtocol.Subscribe subscribe = (VpnProtocol.Subscribe) entity.receiveMessage();

    subscribe.feed().tell(new VpnProtocol.FullState(VPN, state, Part.WHOLE));
    feed.runOne();
    feed.run(new VpnFeed.PresenceOf(state.memberships().keySet(), Map.of(), true));
    Set<Integer> snapshots = identities(sessions);
    subscribe
        .feed()
        .tell(
            new VpnProtocol.Revised(
                VPN, state.revision(), List.of(new VpnEvent.SecretRenewed("r", 2, NOW))));
    feed.runOne();

    assertThat(snapshots).as("one array for the hubs, one for the spokes").hasSize(2);
    assertThat(identities(sessions)).as("the same for an update").hasSize(2);
  }

  private static Set<Integer> identities(List<TestInbox<FeedMember.Message>> sessions) {
    Set<Integer> identities = new HashSet<>();
    for (TestInbox<FeedMember.Message> session : sessions) {
      FeedMember.View view = (FeedMember.View) session.receiveMessage();
      identities.add(System.identityHashCode(view.shared()));
    }
    return identities;
  }

  private static VpnState state(int members, Topology topology) {
    VpnState state =
        VpnState.absent(VPN)
            .apply(
                new VpnEvent.VpnCreated(
                    "r",
                    new VpnSettings(
                        CipherSuite.AES_256_GCM, topology, "10.1.0.0/16", "fd00:1::/64"),
                    NOW));
    for (int i = 1; i <= members; i++) {
      state =
          state.apply(
              new VpnEvent.NodeAdmitted(
                  "r" + i,
                  NodeId.parse("acme/n" + i),
                  i <= 2 ? Role.HUB : Role.SPOKE,
                  i,
                  Inet4Address.ofLiteral("10.1.0." + i),
                  (Inet6Address) InetAddress.ofLiteral("fd00:1::" + i),
                  NOW));
    }
    return state;
  }
}
