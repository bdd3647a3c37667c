package io.culvert.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.vpn.CipherSuite;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.model.vpn.VpnEntity;
import io.culvert.model.vpn.VpnEvent;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.model.vpn.VpnSettings;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Endpoint;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.server.LoopbackCluster;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.junit.jupiter.api.Test;

/** A VPN whose state and whose presences are far larger than a frame between two servers. */
class ManyNodesIT {
  private static final int NODES = 5_000;
  private static final VpnId VPN = VpnId.parse("acme/office");
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.parse("2026-11-25T06:00:00Z");

  @Test
  void aServerThatJoinsSeesAllNodesOfAnotherOnline() {
    try (LoopbackCluster cluster = new LoopbackCluster()) {
      ActorSystem<Void> first = cluster.join(PersistenceTestKitPlugin.config());
      ActorRef<VpnProtocol.Command> entity = entity(first, NODES);
      ActorRef<FeedRouter.Message> firstRouter = router(first, entity);
      Random random = new Random(1);
      for (int i = 1; i <= NODES; i++) {
        firstRouter.tell(new FeedRouter.NodeOnline(node(i), presence(i, random)));
      }
      ActorSystem<Void> second = cluster.join();
      ActorRef<FeedRouter.Message> secondRouter = router(second, remote(first, entity, second));
      TestProbe<FeedMember.Message> member = TestProbe.create(second);
      secondRouter.tell(new FeedRouter.JoinVpn(VPN, node(1), member.getRef()));

      NaiveView view = new NaiveView();
      while (view.peers().values().stream().filter(PeerView::getOnline).count() < NODES) {
        FeedMember.View next =
            member.expectMessageClass(FeedMember.View.class, LoopbackCluster.STEP);
        assertThat(view.apply(frame(next))).isTrue();
      }

      assertThat(view.peers()).hasSize(NODES);
    }
  }

  /** By updates that follow each other, none of them larger than a frame between servers. */
  @Test
  void aThousandThatAreAdmittedAtOneTimeReachAServerByUpdates() {
    try (LoopbackCluster cluster = new LoopbackCluster()) {
      ActorSystem<Void> first = cluster.join(PersistenceTestKitPlugin.config());
      ActorRef<VpnProtocol.Command> entity = entity(first, 1);
      ActorSystem<Void> second = cluster.join();
      ActorRef<FeedRouter.Message> router = router(second, remote(first, entity, second));
      TestProbe<FeedMember.Message> member = TestProbe.create(second);
      router.tell(new FeedRouter.JoinVpn(VPN, node(1), member.getRef()));
      NaiveView view = new NaiveView();
      FeedMember.View snapshot =
          member.expectMessageClass(FeedMember.View.class, LoopbackCluster.STEP);
      assertThat(view.apply(frame(snapshot))).isTrue();

      TestProbe<VpnProtocol.Reply> asking = TestProbe.create(second);
      remote(first, entity, second)
          .tell(
              new VpnProtocol.AdmitNodes(
                  "r".repeat(153),
                  IntStream.range(0, VpnProtocol.AdmitNodes.MOST)
                      .mapToObj(
                          i ->
                              new VpnProtocol.Admission(
                                  NodeId.parse("acme/" + "n".repeat(59) + "%04d".formatted(i)),
                                  Role.SPOKE))
                      .toList(),
                  asking.getRef()));

      assertThat(
              asking
                  .expectMessageClass(VpnProtocol.NodesAdmitted.class, LoopbackCluster.STEP)
                  .admitted())
          .hasSize(VpnProtocol.AdmitNodes.MOST);
      while (view.peers().size() <= VpnProtocol.AdmitNodes.MOST) {
        FeedMember.View next =
            member.expectMessageClass(FeedMember.View.class, LoopbackCluster.STEP);
        assertThat(next.snapshot()).isFalse();
        assertThat(next.shared().size()).isLessThan(256 * 1024);
        assertThat(view.apply(frame(next))).isTrue();
      }
      assertThat(view.revision()).isEqualTo(2 + VpnProtocol.AdmitNodes.MOST);
    }
  }

  /** The entity as it recovers with its members. */
  private static ActorRef<VpnProtocol.Command> entity(ActorSystem<Void> system, int members) {
    List<Object> events = new ArrayList<>();
    VpnSettings settings =
        new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.1.0.0/16", "fd00:1::/64");
    events.add(new VpnEvent.VpnCreated("r0", settings, NOW));
    for (int i = 1; i <= members; i++) {
      events.add(
          new VpnEvent.NodeAdmitted(
              "r" + i,
              node(i),
              Role.SPOKE,
              i,
              Inet4Address.ofLiteral("10.1.%d.%d".formatted((i + 1) >> 8, (i + 1) & 255)),
              (Inet6Address) InetAddress.ofLiteral("fd00:1::%x".formatted(i + 1)),
              NOW));
      events.add(new VpnEvent.NodeInformed(node(i), i + 1L, NOW));
    }
    PersistenceTestKit.create(system.classicSystem())
        .persistForRecovery(PersistenceId.of("vpn", VPN.toString()).id(), events);
    TestProbe<NodeProtocol.Command> nodes = TestProbe.create(system);
    return system.systemActorOf(
        VpnEntity.create(VPN, node -> nodes.getRef(), () -> NOW), "vpn", Props.empty());
  }

  /** What is in the same JVM would not be sent by the transport. */
  private static <M> ActorRef<M> remote(
      ActorSystem<Void> owner, ActorRef<M> ref, ActorSystem<Void> user) {
    return ActorRefResolver.get(user)
        .resolveActorRef(ActorRefResolver.get(owner).toSerializationFormat(ref));
  }

  private static NodeId node(int number) {
    return NodeId.parse("acme/node%d".formatted(number));
  }

  private static Presence presence(int number, Random random) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    Attributes attributes =
        Attributes.newBuilder()
            .setX25519PublicKey(ByteString.copyFrom(key))
            .setUdpPort(4500)
            .addLocalEndpoints(
                Endpoint.newBuilder()
                    .setAddress(ByteString.copyFrom(new byte[] {10, 0, 0, 1}))
                    .setPort(4500))
            .putSpiTags(VPN.toString(), 5)
            .setHostName("node%d.example".formatted(number))
            .build();
    return new Presence(
        UUID.nameUUIDFromBytes(key).toString(),
        NOW,
        "server1",
        attributes.toByteString(),
        ByteString.copyFrom(new byte[] {(byte) 198, 18, 0, 1}));
  }

  private static ServerFrame frame(FeedMember.View view) {
    try {
      return ServerFrame.parseFrom(view.shared());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static ActorRef<FeedRouter.Message> router(
      ActorSystem<Void> system, ActorRef<VpnProtocol.Command> entity) {
    return system.systemActorOf(
        FeedRouter.create(vpn -> entity, GRACE, new AtomicInteger()), "feed-router", Props.empty());
  }
}
