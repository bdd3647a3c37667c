package io.culvert.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Refusal;
import io.culvert.server.admission.ClaimPace;
import io.culvert.server.admission.LogonSlots;
import io.culvert.server.authentication.NodeAuthenticator;
import io.culvert.server.authentication.ResumptionTicket;
import io.culvert.server.authentication.ResumptionTickets;
import io.culvert.server.feed.FeedMember;
import io.culvert.server.feed.FeedRouter;
import io.culvert.server.pki.HkdfMasterKey;
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

/** Sessions that begin with a ticket, while the node's entity says what the test lets it say. */
class ResumedSessionTest {
  private static final NodeId NODE = NodeId.parse("acme/alpha");
  private static final VpnId VPN = VpnId.parse("acme/office");
  private static final Instant NOW = Instant.parse("2026-11-25T06:00:00Z");
  private static final Duration LIFETIME = Duration.ofMinutes(5);

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final TestProbe<NodeProtocol.Command> entity = kit.createTestProbe();
  private final TestProbe<FeedRouter.Message> router = kit.createTestProbe();
  private final CompletableFuture<NodeAuthenticator.Decision> decision = new CompletableFuture<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final HkdfMasterKey masterKey = new HkdfMasterKey(new byte[HkdfMasterKey.KEY_BYTES]);
  private final ResumptionTickets tickets =
      new ResumptionTickets(masterKey, new SecureRandom(), LIFETIME);
  private volatile Instant now = NOW;
  private volatile boolean crowded;
  private final ClaimPace claims = new ClaimPace(10, () -> crowded, () -> 0);
  private final Agent agent = connect();

  private Agent connect() {
    SessionEnvironment environment =
        new SessionEnvironment(
            "server1",
            "test",
            (node, password, certificate, origin) -> decision,
            masterKey,
            node -> entity.getRef(),
            router.getRef(),
            () -> now,
            new LogonSlots(1_000, System::nanoTime, new Random()),
            claims,
            new LogonCounters(meters),
            tickets);
    RecordingStream stream = new RecordingStream();
    Connection connection = new Connection(new byte[] {127, 0, 0, 1}, 40_000, null);
    return new Agent(stream, kit.spawn(AgentSession.create(environment, connection, stream)));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private ByteString ticket(Instant logonAt, Instant expiresAt) {
    ResumptionTicket ticket =
        new ResumptionTicket(NODE, "", "line", logonAt, Set.of(VPN), expiresAt);
    return ByteString.copyFrom(tickets.seal(ticket, NOW).orElseThrow());
  }

  /** Comes with a good ticket and gets its view; the entity's answer to the claim is open. */
  private NodeProtocol.ClaimSession linked(Instant logonAt) {
    resume(logonAt, NOW.plus(LIFETIME));
    assertThat(agent.stream().next().hasWelcome()).isTrue();
    var accepted = agent.stream().next().getLogonResult().getAccepted();
    assertThat(accepted.getVpnIdsList()).containsExactly(VPN.toString());
    NodeProtocol.ClaimSession claim = claim();
    assertThat(claim.sessionId()).isEqualTo(accepted.getSessionId()).startsWith("line~");
    assertThat(router.expectMessageClass(FeedRouter.NodeOnline.class).presence().sessionId())
        .isEqualTo(claim.sessionId());
    router
        .expectMessageClass(FeedRouter.JoinVpn.class)
        .member()
        .tell(new FeedMember.NotAMember(VPN));
    assertThat(agent.stream().next().hasSynchronized()).isTrue();
    return claim;
  }

  private void resume(Instant logonAt, Instant expiresAt) {
    agent.say(AgentFrames.hello(1, 1));
    agent.say(AgentFrames.resumption(NODE, ticket(logonAt, expiresAt)));
  }

  private NodeProtocol.ClaimSession claim() {
    return entity.expectMessageClass(NodeProtocol.ClaimSession.class);
  }

  private static void owned(NodeProtocol.ClaimSession claim) {
    claim.replyTo().tell(new NodeProtocol.Owned(claim.sessionId(), Set.of(VPN), null));
  }

  private static void rejected(NodeProtocol.ClaimSession claim, NodeProtocol.Reason reason) {
    claim.replyTo().tell(new NodeProtocol.Rejected(reason, "says the test"));
  }

  private void ownerIs(String sessionId, Instant logonAt) {
    TestProbe<NodeProtocol.SessionMessage> owner = kit.createTestProbe();
    entity
        .expectMessageClass(NodeProtocol.ReadNode.class)
        .replyTo()
        .tell(
            new NodeProtocol.CurrentState(
                new NodeProtocol.NodeSummary(
                    NODE, NodeProtocol.NodeStatus.ENROLLED, Map.of(VPN, 1L), 1),
                new NodeProtocol.Credentials(null, null, null, null),
                new NodeProtocol.Owner(sessionId, logonAt, owner.getRef())));
  }

  @Test
  void isLinkedWhileTheShardIsSilentAndNobodyVerifiesCredentials() {
    linked(NOW.minusSeconds(60));

    // Two claims go unanswered.
    time.timePasses(Duration.ofSeconds(5));
    claim();
    time.timePasses(Duration.ofSeconds(5));

    owned(claim());
    agent.stream().nextTicket();
    assertThat(agent.stream().hasEnded()).isFalse();
    assertThat(decision.getNumberOfDependents()).as("questions to the authenticator").isZero();
    assertThat(meters.counter("culvert.logons", "result", "RESUMED").count()).isEqualTo(1);
  }

  @Test
  void isLinkedAtOnceAndClaimsInItsTurnWhenManyComeBack() {
    reserveTurns(209);
    resume(NOW, NOW.plus(LIFETIME));
    linkedBeforeTheClaim();

    time.timePasses(Duration.ofMillis(19_999));
    entity.expectNoMessage();
    time.timePasses(Duration.ofMillis(1));

    owned(claim());
    agent.stream().nextTicket();
  }

  @Test
  void itsTurnComesBeforeHalfOfItsTicketIsOver() {
    reserveTurns(1_000);
    claimsBeforeHalfOfItsTicketIsOver();
  }

  @Test
  void letsThoseGoFirstWhoAreNotLinkedYet() {
    crowded = true;
    resume(NOW, NOW.plus(LIFETIME));
    linkedBeforeTheClaim();

    for (int second = 0; second < 3; second++) {
      time.timePasses(Duration.ofSeconds(1));
      settle();
    }
    entity.expectNoMessage();
    crowded = false;
    time.timePasses(Duration.ofSeconds(1));

    owned(claim());
    agent.stream().nextTicket();
  }

  @Test
  void letsOthersGoFirstForTwoMinutes() {
    crowded = true;
    reserveTurns(5_000);
    resume(NOW, NOW.plus(LIFETIME));
    linkedBeforeTheClaim();

    time.timePasses(ClaimPace.HORIZON);
    settle();
    time.timePasses(ClaimPace.HORIZON.minusMillis(1));
    entity.expectNoMessage();
    time.timePasses(Duration.ofMillis(1));

    owned(claim());
    agent.stream().nextTicket();
  }

  @Test
  void letsNobodyGoFirstWhenHalfOfItsTicketIsOver() {
    crowded = true;
    reserveTurns(5_000);
    claimsBeforeHalfOfItsTicketIsOver();
  }

  private void claimsBeforeHalfOfItsTicketIsOver() {
    resume(NOW, NOW.plusSeconds(20));
    linkedBeforeTheClaim();

    time.timePasses(Duration.ofSeconds(10));

    owned(claim());
    time.timePasses(Duration.ofSeconds(10));
    agent.stream().nextTicket();
    assertThat(agent.stream().hasEnded()).isFalse();
  }

  private void reserveTurns(int others) {
    for (int i = 0; i < others; i++) {
      var _ = claims.next();
    }
  }

  /** The session has done what the time brought. */
  private void settle() {
    agent.session().tell(new AgentSession.Drain(0));
    assertThat(agent.stream().next().hasCue()).isTrue();
  }

  private void linkedBeforeTheClaim() {
    assertThat(agent.stream().next().hasWelcome()).isTrue();
    assertThat(agent.stream().next().getLogonResult().hasAccepted()).isTrue();
    var _ = router.expectMessageClass(FeedRouter.NodeOnline.class);
    router
        .expectMessageClass(FeedRouter.JoinVpn.class)
        .member()
        .tell(new FeedMember.NotAMember(VPN));
    assertThat(agent.stream().next().hasSynchronized()).isTrue();
  }

  @Test
  void getsNoNewTicketBeforeItsEntityHasAnswered() {
    NodeProtocol.ClaimSession claim = linked(NOW.minusSeconds(60));
    assertThat(agent.stream().ticketsWaiting()).isZero();

    owned(claim);

    ResumptionTicket next =
        tickets.open(agent.stream().nextTicket().toByteArray(), NODE, null, NOW).orElseThrow();
    assertThat(next.lineage()).isEqualTo("line");
    assertThat(next.logonAt()).isEqualTo(NOW);
    assertThat(next.memberships()).containsExactly(VPN);
    assertThat(next.expiresAt()).isEqualTo(NOW.plus(LIFETIME));
  }

  @Test
  void getsANewTicketWhenTheOldOneIsHalfOverOrItsVpnsChange() {
    NodeProtocol.ClaimSession claim = linked(NOW);
    owned(claim);
    agent.stream().nextTicket();

    now = NOW.plus(LIFETIME.dividedBy(2)).minusMillis(1);
    claim.session().tell(new NodeProtocol.MembershipsChanged(Set.of(VPN)));
    // The cue comes when that was handled, by the clock as it is.
    agent.session().tell(new AgentSession.Drain(0));
    assertThat(agent.stream().next().hasCue()).isTrue();
    now = NOW.plus(LIFETIME.dividedBy(2));
    time.timePasses(Duration.ofSeconds(5));
    owned(claim());

    ResumptionTicket renewed =
        tickets.open(agent.stream().nextTicket().toByteArray(), NODE, null, now).orElseThrow();
    assertThat(renewed.expiresAt()).isEqualTo(now.plus(LIFETIME));

    claim.session().tell(new NodeProtocol.MembershipsChanged(Set.of()));
    assertThat(
            tickets
                .open(agent.stream().nextTicket().toByteArray(), NODE, null, now)
                .orElseThrow()
                .memberships())
        .isEmpty();
    assertThat(agent.stream().ticketsWaiting()).isZero();
  }

  @Test
  void isNewerThanTheSessionThatItResumesWhateverTheClocksSay() {
    NodeProtocol.ClaimSession claim = linked(NOW.plusSeconds(30));

    assertThat(claim.logonAt()).isAfter(NOW.plusSeconds(30));
  }

  @Test
  void isDisplacedWhenAnotherAgentHasLoggedOnMeanwhile() {
    rejected(linked(NOW), NodeProtocol.Reason.DISPLACED);

    ownerIs("a-stranger", NOW.plusSeconds(1));

    assertThat(agent.stream().next().getCue().getKind()).isEqualTo(Cue.Kind.DISPLACED);
    assertThat(agent.stream().end().kind()).isEqualTo(RecordingStream.Kind.COMPLETED);
  }

  @Test
  void overtakesAnEarlierSessionOfItsOwnLine() {
    rejected(linked(NOW), NodeProtocol.Reason.DISPLACED);

    ownerIs("line~on-a-server-that-died", NOW.plusSeconds(1));

    NodeProtocol.ClaimSession later = claim();
    assertThat(later.logonAt()).isAfter(NOW.plusSeconds(1));
    owned(later);
    agent.stream().nextTicket();
  }

  @Test
  void isRevokedWhenTheNodeWasSuspendedOrDeletedMeanwhile() {
    rejected(linked(NOW), NodeProtocol.Reason.SUSPENDED);

    assertThat(agent.stream().next().getCue().getKind()).isEqualTo(Cue.Kind.REVOKED);
    agent.stream().end();
  }

  @Test
  void endsWithItsTicketWhenTheShardStaysSilent() {
    linked(NOW);

    time.timePasses(LIFETIME.minusMillis(1));
    assertThat(agent.stream().hasEnded()).isFalse();
    time.timePasses(Duration.ofMillis(1));

    assertThat(agent.stream().next().getLogonResult().getRefused().getCode())
        .isEqualTo(Refusal.Code.UNAVAILABLE);
    agent.stream().end();
    assertThat(agent.stream().ticketsWaiting()).isZero();
  }

  @Test
  void aTicketThatIsOverLeavesTheDecisionToTheCredentials() {
    agent.say(AgentFrames.hello(1, 1));
    agent.say(AgentFrames.resumption(NODE, ticket(NOW, NOW)));
    assertThat(agent.stream().next().hasWelcome()).isTrue();
    entity.expectNoMessage();

    decision.complete(new NodeAuthenticator.Decision.Accepted(NODE));

    assertThat(claim().sessionId()).doesNotContain("~");
  }
}
