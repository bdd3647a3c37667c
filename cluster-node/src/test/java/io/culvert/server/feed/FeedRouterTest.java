package io.culvert.server.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
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
import io.culvert.protocol.v1.Attributes;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FeedRouterTest {
  private static final NodeId NODE = NodeId.parse("acme/alpha");
  private static final VpnId VPN = VpnId.parse("acme/office");
  private static final Duration GRACE = Duration.ofMillis(600);
  private static final Duration SHORTER_THAN_GRACE = Duration.ofMillis(300);

  private final ActorTestKit kit = ActorTestKit.create();
  private final TestProbe<VpnProtocol.Command> entity = kit.createTestProbe();
  private final TestProbe<FeedRouter.Message> other = kit.createTestProbe("other-router");
  private final TestProbe<VpnFeed.Message> feed = kit.createTestProbe();
  private final ActorRef<FeedRouter.Message> router =
      kit.spawn(FeedRouter.create(vpn -> entity.getRef(), GRACE, new AtomicInteger()));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void tellsANewRouterWhoIsOnlineAndAsksItTheSame() {
    router.tell(new FeedRouter.NodeOnline(NODE, presence("s1", 1)));

    assertThat(register().presences()).containsOnlyKeys(NODE);
    assertThat(next(FeedRouter.AskPresenceList.class).replyTo()).isEqualTo(router);
  }

  @Test
  void appliesWhatIsContiguousAndAsksOnceForTheListAtAGap() {
    register();
    next(FeedRouter.AskPresenceList.class);
    watch();
    router.tell(list(other.getRef(), 10, Map.of()));
    router.tell(changed(11, presence("s1", 1)));
    assertThat(shown()).isEqualTo(presence("s1", 1));

    router.tell(changed(13, null));
    router.tell(changed(14, null));
    next(FeedRouter.AskPresenceList.class);
    feed.expectNoMessage(Duration.ofMillis(100));
    router.tell(list(other.getRef(), 14, Map.of()));

    assertThat(shown()).isNull();
    router.tell(changed(15, presence("s2", 2)));
    assertThat(shown()).isEqualTo(presence("s2", 2));
  }

  @Test
  void appliesAListInPartsWhenItsLastPartHasCome() {
    register();
    next(FeedRouter.AskPresenceList.class);
    watch();
    NodeId beta = NodeId.parse("acme/beta");
    Map<NodeId, Presence> first = Map.of(NODE, presence("s1", 1));
    Map<NodeId, Presence> second = Map.of(beta, presence("s2", 1));

    router.tell(new FeedRouter.PresenceList(other.getRef(), 10, new Part(0, 2), first));
    feed.expectNoMessage(Duration.ofMillis(100));
    router.tell(new FeedRouter.PresenceList(other.getRef(), 10, new Part(1, 2), second));

    assertThat(shown()).isEqualTo(presence("s1", 1));
    router.tell(changed(11, null));
    assertThat(shown()).isNull();
  }

  @Test
  void asksAgainForAListThatLostAPart() {
    register();
    next(FeedRouter.AskPresenceList.class);
    Map<NodeId, Presence> some = Map.of(NODE, presence("s1", 1));
    router.tell(new FeedRouter.PresenceList(other.getRef(), 10, new Part(1, 2), some));

    router.tell(new FeedRouter.Position(other.getRef(), 10));

    assertThat(next(FeedRouter.AskPresenceList.class).replyTo()).isEqualTo(router);
  }

  @Test
  void passesOverWhatItHasAlready() {
    register();
    next(FeedRouter.AskPresenceList.class);
    watch();
    router.tell(list(other.getRef(), 10, Map.of(NODE, presence("s1", 1))));
    shown();

    router.tell(changed(10, null));
    router.tell(list(other.getRef(), 9, Map.of()));

    feed.expectNoMessage(Duration.ofMillis(200));
  }

  @Test
  void noticesALostLastMessageByThePosition() {
    register();
    next(FeedRouter.AskPresenceList.class);
    router.tell(list(other.getRef(), 10, Map.of()));
    router.tell(new FeedRouter.Position(other.getRef(), 11));

    assertThat(next(FeedRouter.AskPresenceList.class).replyTo()).isEqualTo(router);
  }

  @Test
  void tellsItsOwnPositionToTheOthers() {
    register();
    router.tell(new FeedRouter.NodeOnline(NODE, presence("s1", 1)));

    assertThat(next(FeedRouter.Position.class).sequence()).isEqualTo(1);
  }

  @Test
  void keepsTheNodesOfAServerThatLeftForTheGracePeriod() {
    register();
    next(FeedRouter.AskPresenceList.class);
    watch();
    router.tell(list(other.getRef(), 1, Map.of(NODE, presence("s1", 1))));
    shown();

    kit.system().receptionist().tell(Receptionist.deregister(FeedRouter.SERVICE, other.getRef()));

    feed.expectNoMessage(SHORTER_THAN_GRACE);
    assertThat(shown()).isNull();
  }

  @Test
  void forgetsAServerThatSpokeButWasNeverListed() {
    watch();
    router.tell(list(other.getRef(), 1, Map.of(NODE, presence("s1", 1))));
    assertThat(shown()).isEqualTo(presence("s1", 1));

    assertThat(shown()).as("when the grace period is over").isNull();
  }

  @Test
  void keepsABrokenSessionOnlineForTheGracePeriodAndALogoffNot() {
    watch();
    router.tell(new FeedRouter.NodeOnline(NODE, presence("s1", 1)));
    shown();
    router.tell(new FeedRouter.NodeOffline(NODE, "s1", false));
    feed.expectNoMessage(SHORTER_THAN_GRACE);
    assertThat(shown()).isNull();

    router.tell(new FeedRouter.NodeOnline(NODE, presence("s2", 2)));
    shown();
    router.tell(new FeedRouter.NodeOffline(NODE, "s2", true));
    assertThat(feed.expectMessageClass(VpnFeed.PresenceOf.class, SHORTER_THAN_GRACE).online())
        .isEmpty();
  }

  @Test
  void passesOverALateWordOfASessionThatWasOvertaken() {
    watch();
    router.tell(new FeedRouter.NodeOnline(NODE, presence("s2", 2)));
    assertThat(shown()).isEqualTo(presence("s2", 2));

    router.tell(new FeedRouter.NodeOnline(NODE, presence("s1", 1)));
    router.tell(new FeedRouter.NodeOffline(NODE, "s1", true));

    feed.expectNoMessage(SHORTER_THAN_GRACE);
  }

  @Test
  void countsTheNewestLogonOfTwoServers() {
    register();
    next(FeedRouter.AskPresenceList.class);
    watch();
    router.tell(new FeedRouter.NodeOnline(NODE, presence("s1", 1)));
    shown();
    router.tell(list(other.getRef(), 1, Map.of(NODE, presence("s2", 2))));
    assertThat(shown()).isEqualTo(presence("s2", 2));

    router.tell(new FeedRouter.NodeOffline(NODE, "s1", true));

    feed.expectNoMessage(SHORTER_THAN_GRACE);
  }

  @Test
  void replacesAFeedThatFailed() {
    TestProbe<FeedMember.Message> member = kit.createTestProbe();
    // Attributes that no session lets pass stand for an error in the feed.
    router.tell(
        new FeedRouter.NodeOnline(
            NODE,
            new Presence(
                "s1",
                Instant.EPOCH,
                "server1",
                ByteString.copyFrom(new byte[] {-1}),
                ByteString.copyFrom(new byte[4]))));
    router.tell(new FeedRouter.JoinVpn(VPN, NODE, member.getRef()));
    VpnProtocol.Subscribe first = entity.expectMessageClass(VpnProtocol.Subscribe.class);
    first.feed().tell(new VpnProtocol.FullState(VPN, state(), Part.WHOLE));

    VpnProtocol.Subscribe second = subscription(first);
    router.tell(new FeedRouter.NodeOffline(NODE, "s1", true));
    second.feed().tell(new VpnProtocol.FullState(VPN, state(), Part.WHOLE));

    assertThat(member.receiveMessage(Duration.ofSeconds(5))).isInstanceOf(FeedMember.View.class);
  }

  @Test
  void writesAndReadsWhatGoesToOtherServers() {
    FeedRouter.Remote[] remote = {
      changedBy(router, 7, presence("s1", 1)),
      changedBy(router, 8, null),
      list(router, 9, Map.of(NODE, presence("s1", 1))),
      new FeedRouter.AskPresenceList(router),
      new FeedRouter.Position(router, 10)
    };
    for (FeedRouter.Remote message : remote) {
      assertThat(kit.serializationTestKit().verifySerialization(message, true)).isEqualTo(message);
    }
  }

  private static VpnState state() {
    return VpnState.absent(VPN)
        .apply(
            new VpnEvent.VpnCreated(
                "r1",
                new VpnSettings(
                    CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.1.0.0/16", "fd00:1::/64"),
                Instant.EPOCH))
        .apply(
            new VpnEvent.NodeAdmitted(
                "r2",
                NODE,
                Role.SPOKE,
                1,
                Inet4Address.ofLiteral("10.1.0.2"),
                (Inet6Address) InetAddress.ofLiteral("fd00:1::2"),
                Instant.EPOCH));
  }

  private VpnProtocol.Subscribe subscription(VpnProtocol.Subscribe earlier) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (System.nanoTime() - end < 0) {
      if (entity.receiveMessage(Duration.ofSeconds(5)) instanceof VpnProtocol.Subscribe next
          && !next.feed().equals(earlier.feed())) {
        return next;
      }
    }
    throw new AssertionError("no subscription of another feed");
  }

  /** Lists the other router, and returns what it is told first. */
  private FeedRouter.PresenceList register() {
    kit.system().receptionist().tell(Receptionist.register(FeedRouter.SERVICE, other.getRef()));
    return next(FeedRouter.PresenceList.class);
  }

  private void watch() {
    router.tell(new FeedRouter.WatchNodes(feed.getRef(), Set.of(NODE), Set.of()));
    assertThat(feed.expectMessageClass(VpnFeed.PresenceOf.class).answer()).isTrue();
  }

  private @Nullable Presence shown() {
    VpnFeed.PresenceOf told = feed.expectMessageClass(VpnFeed.PresenceOf.class);
    assertThat(told.nodes()).containsExactly(NODE);
    return told.online().get(NODE);
  }

  /** The next message of a kind; others pass by. */
  private <M extends FeedRouter.Message> M next(Class<M> kind) {
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (System.nanoTime() - end < 0) {
      FeedRouter.Message message = other.receiveMessage(Duration.ofSeconds(5));
      if (kind.isInstance(message)) {
        return kind.cast(message);
      }
    }
    throw new AssertionError("no " + kind.getSimpleName());
  }

  private static FeedRouter.PresenceList list(
      ActorRef<FeedRouter.Message> origin, long sequence, Map<NodeId, Presence> presences) {
    return new FeedRouter.PresenceList(origin, sequence, Part.WHOLE, presences);
  }

  private FeedRouter.PresenceChanged changed(long sequence, @Nullable Presence presence) {
    return changedBy(other.getRef(), sequence, presence);
  }

  private static FeedRouter.PresenceChanged changedBy(
      ActorRef<FeedRouter.Message> origin, long sequence, @Nullable Presence presence) {
    return new FeedRouter.PresenceChanged(origin, sequence, NODE, presence);
  }

  private static Presence presence(String session, long second) {
    return new Presence(
        session,
        Instant.ofEpochSecond(second, 123_456_789),
        "server1",
        Attributes.newBuilder().setUdpPort(4500).build().toByteString(),
        ByteString.copyFrom(new byte[] {(byte) 198, 18, 0, 1}));
  }
}
