package io.culvert.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Refusal;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.server.admission.ClaimPace;
import io.culvert.server.admission.LogonSlots;
import io.culvert.server.authentication.NodeAuthenticator;
import io.culvert.server.authentication.ResumptionTickets;
import io.culvert.server.feed.FeedMember;
import io.culvert.server.feed.FeedRouter;
import io.culvert.server.pki.HkdfMasterKey;
import io.culvert.server.session.RecordingStream.Kind;
import io.culvert.server.session.SessionHouse.Agent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions whose neighbours are silent, slow or wrong, by a clock that the test moves. */
class AgentSessionTimeTest {
  private static final NodeId NODE = NodeId.parse("acme/alpha");
  private static final VpnId VPN = VpnId.parse("acme/office");
  private static final Instant NOW = Instant.parse("2026-11-25T06:00:00Z");

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final TestProbe<NodeProtocol.Command> entity = kit.createTestProbe();
  private final TestProbe<FeedRouter.Message> router = kit.createTestProbe();
  private final CompletableFuture<NodeAuthenticator.Decision> decision = new CompletableFuture<>();
  private final Agent agent = connect();

  private Agent connect() {
    SessionEnvironment environment =
        new SessionEnvironment(
            "server1",
            "test",
            (node, password, certificate, origin) -> decision,
            new HkdfMasterKey(new byte[HkdfMasterKey.KEY_BYTES]),
            node -> entity.getRef(),
            router.getRef(),
            () -> NOW,
            new LogonSlots(1_000, System::nanoTime, new Random()),
            new ClaimPace(1_000, () -> false, System::nanoTime),
            new LogonCounters(new SimpleMeterRegistry()),
            new ResumptionTickets(
                new HkdfMasterKey(new byte[HkdfMasterKey.KEY_BYTES]),
                new SecureRandom(),
                Duration.ofMinutes(5)));
    RecordingStream stream = new RecordingStream();
    Connection connection = new Connection(new byte[] {127, 0, 0, 1}, 40_000, null);
    return new Agent(stream, kit.spawn(AgentSession.create(environment, connection, stream)));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void anAgentThatDoesNotLogOnIsCutOff() {
    agent.say(AgentFrames.hello(1, 1));
    assertThat(agent.stream().next().hasWelcome()).isTrue();

    time.timePasses(Duration.ofMillis(14_999));
    barrier();
    time.timePasses(Duration.ofMillis(1));

    assertThat(agent.stream().end().reason()).isEqualTo("no logon within 15 s");
  }

  @Test
  void aDecisionThatNeverComesEndsTheStream() {
    agent.logon(NODE, null);
    assertThat(agent.stream().next().hasWelcome()).isTrue();

    time.timePasses(Duration.ofSeconds(15));

    assertThat(agent.stream().end().kind()).isEqualTo(Kind.FAILED);
  }

  @Test
  void aDecisionThatFailsIsARefusalForNow() {
    agent.logon(NODE, null);
    decision.completeExceptionally(new IllegalStateException("by the test"));

    assertRefusedForNow();
  }

  @Test
  void aShardThatDoesNotAnswerTheFirstClaimIsARefusalForNow() {
    claimed();

    time.timePasses(Duration.ofSeconds(3));

    assertRefusedForNow();
    entity.expectMessageClass(NodeProtocol.ReleaseSession.class);
  }

  @Test
  void anOwnerThatCannotBeReadIsARefusalForNow() {
    claimed()
        .replyTo()
        .tell(new NodeProtocol.Rejected(NodeProtocol.Reason.DISPLACED, "somebody was later"));
    entity.expectMessageClass(NodeProtocol.ReadNode.class);

    time.timePasses(Duration.ofSeconds(3));

    assertRefusedForNow();
  }

  /** Claims with a later time than the owner's, once. */
  @Test
  void overtakesAnOwnerWhoseClockIsAheadOnceAndNoMore() {
    claimed().replyTo().tell(displaced());
    NodeProtocol.ReadNode read = entity.expectMessageClass(NodeProtocol.ReadNode.class);
    read.replyTo().tell(ownedBySomebody(NOW.plusSeconds(7)));

    NodeProtocol.ClaimSession second = entity.expectMessageClass(NodeProtocol.ClaimSession.class);
    assertThat(second.logonAt()).isEqualTo(NOW.plusSeconds(7).plusMillis(1));
    second.replyTo().tell(displaced());

    assertRefusedForNow();
  }

  @Test
  void repeatsItsClaimAndOutlivesASilentShard() {
    NodeProtocol.ClaimSession first = link();

    for (int i = 0; i < 4; i++) {
      time.timePasses(Duration.ofSeconds(5));
      NodeProtocol.ClaimSession again = entity.expectMessageClass(NodeProtocol.ClaimSession.class);
      assertThat(again.sessionId()).isEqualTo(first.sessionId());
      assertThat(again.logonAt()).isEqualTo(first.logonAt());
      // Not answered. What comes back shows that the session has set its next timer.
      barrier();
    }

    assertThat(agent.stream().hasEnded()).isFalse();
  }

  @Test
  void leavesAnEntityInPeaceAndClaimsAgainWhenItHasEnded() {
    TestProbe<NodeProtocol.Command> place = kit.createTestProbe();
    NodeProtocol.ClaimSession first = claimed();
    first.replyTo().tell(new NodeProtocol.Owned(first.sessionId(), Set.of(), place.getRef()));
    assertThat(agent.stream().next().getLogonResult().hasAccepted()).isTrue();
    assertThat(agent.stream().next().hasSynchronized()).isTrue();
    barrier();
    time.timePasses(Duration.ofSeconds(50));
    barrier();
    entity.expectNoMessage(Duration.ZERO);

    place.stop();

    NodeProtocol.ClaimSession again =
        kit.createTestProbe()
            .awaitAssert(
                () -> {
                  time.timePasses(Duration.ofMillis(100));
                  return entity.expectMessageClass(
                      NodeProtocol.ClaimSession.class, Duration.ofMillis(10));
                });
    assertThat(again.sessionId()).isEqualTo(first.sessionId());
  }

  @Test
  void aRepeatedClaimThatIsRejectedEndsTheLink() {
    link();
    time.timePasses(Duration.ofSeconds(5));

    entity.expectMessageClass(NodeProtocol.ClaimSession.class).replyTo().tell(displaced());

    assertThat(agent.stream().next().getCue().getKind()).isEqualTo(Cue.Kind.DISPLACED);
    assertThat(router.expectMessageClass(FeedRouter.NodeOffline.class).byItsOwnWill()).isFalse();
  }

  @Test
  void aNodeThatWasDeletedMeanwhileIsRevokedForGood() {
    link();
    time.timePasses(Duration.ofSeconds(5));

    entity
        .expectMessageClass(NodeProtocol.ClaimSession.class)
        .replyTo()
        .tell(new NodeProtocol.Rejected(NodeProtocol.Reason.NOT_FOUND, "deleted"));

    assertThat(agent.stream().next().getCue().getKind()).isEqualTo(Cue.Kind.REVOKED);
    assertThat(router.expectMessageClass(FeedRouter.NodeOffline.class).byItsOwnWill()).isTrue();
  }

  @Test
  void aStreamThatEndsReleasesTheClaimAndKeepsTheNodeOnlineForTheGrace() {
    NodeProtocol.ClaimSession claim = link();

    agent.session().tell(AgentSession.StreamEnded.INSTANCE);

    assertReleased(claim, false);
  }

  @Test
  void aLogoffReleasesTheClaimAndTheNodeIsOffline() {
    NodeProtocol.ClaimSession claim = link();

    agent.say(AgentFrames.logoff());

    assertReleased(claim, true);
  }

  @Test
  void aSessionThatFailsEndsItsStreamAndReleasesTheClaim() {
    NodeProtocol.ClaimSession claim = link();

    agent.stream().breakDown();
    agent.session().tell(new AgentSession.Drain(0));

    assertThat(agent.stream().end().kind()).isEqualTo(Kind.UNAVAILABLE);
    assertReleased(claim, false);
  }

  @Test
  void leavesItsFeedsWhenItStops() {
    NodeProtocol.ClaimSession claim = claimed();
    claim.replyTo().tell(new NodeProtocol.Owned(claim.sessionId(), Set.of(VPN), null));
    router.expectMessageClass(FeedRouter.NodeOnline.class);
    FeedRouter.JoinVpn join = router.expectMessageClass(FeedRouter.JoinVpn.class);
    join.member().tell(new FeedMember.NotAMember(VPN));
    assertThat(agent.stream().next().getLogonResult().hasAccepted()).isTrue();
    assertThat(agent.stream().next().hasSynchronized()).as("there is no view").isTrue();

    agent.session().tell(AgentSession.StreamEnded.INSTANCE);

    assertThat(router.expectMessageClass(FeedRouter.LeaveVpn.class))
        .isEqualTo(new FeedRouter.LeaveVpn(VPN, join.member()));
    assertReleased(claim, false);
  }

  @Test
  void aStreamThatEndsBeforeTheLogonHasNothingToRelease() {
    agent.say(AgentFrames.hello(1, 1));
    agent.session().tell(AgentSession.StreamEnded.INSTANCE);
    kit.createTestProbe().expectTerminated(agent.session());

    entity.expectNoMessage(Duration.ZERO);
    router.expectNoMessage(Duration.ZERO);
  }

  /** Hello and an accepted logon; the claim that follows, not answered yet. */
  private NodeProtocol.ClaimSession claimed() {
    agent.logon(NODE, null);
    decision.complete(new NodeAuthenticator.Decision.Accepted(NODE));
    assertThat(agent.stream().next().hasWelcome()).isTrue();
    NodeProtocol.ClaimSession claim = entity.expectMessageClass(NodeProtocol.ClaimSession.class);
    assertThat(claim.logonAt()).isEqualTo(NOW);
    return claim;
  }

  /** Until the agent is linked, as a member of no VPN. */
  private NodeProtocol.ClaimSession link() {
    NodeProtocol.ClaimSession claim = claimed();
    claim.replyTo().tell(new NodeProtocol.Owned(claim.sessionId(), Set.of(), null));
    assertThat(agent.stream().next().getLogonResult().hasAccepted()).isTrue();
    assertThat(agent.stream().next().hasSynchronized()).isTrue();
    assertThat(router.expectMessageClass(FeedRouter.NodeOnline.class).node()).isEqualTo(NODE);
    return claim;
  }

  /** Until the session has done all that it was told before. */
  private void barrier() {
    agent.session().tell(new AgentSession.Drain(0));
    assertThat(agent.stream().next().getCue().getKind()).isEqualTo(Cue.Kind.DRAIN);
  }

  private void assertReleased(NodeProtocol.ClaimSession claim, boolean byItsOwnWill) {
    assertThat(entity.expectMessageClass(NodeProtocol.ReleaseSession.class).sessionId())
        .isEqualTo(claim.sessionId());
    assertThat(router.expectMessageClass(FeedRouter.NodeOffline.class))
        .isEqualTo(new FeedRouter.NodeOffline(NODE, claim.sessionId(), byItsOwnWill));
  }

  private void assertRefusedForNow() {
    ServerFrame frame = agent.stream().next();
    Refusal refusal =
        (frame.hasWelcome() ? agent.stream().next() : frame).getLogonResult().getRefused();
    assertThat(refusal.getCode()).isEqualTo(Refusal.Code.UNAVAILABLE);
    assertThat(refusal.getRetryAfterMs()).isEqualTo(2_000);
    assertThat(agent.stream().end().kind()).isEqualTo(Kind.COMPLETED);
  }

  private static NodeProtocol.Rejected displaced() {
    return new NodeProtocol.Rejected(NodeProtocol.Reason.DISPLACED, "a newer session owns it");
  }

  private NodeProtocol.CurrentState ownedBySomebody(Instant logonAt) {
    TestProbe<NodeProtocol.SessionMessage> other = kit.createTestProbe();
    return new NodeProtocol.CurrentState(
        new NodeProtocol.NodeSummary(NODE, NodeProtocol.NodeStatus.ENROLLED, Map.of(), 1),
        new NodeProtocol.Credentials(null, null, null, null),
        new NodeProtocol.Owner("somebody", logonAt, other.getRef()));
  }
}
