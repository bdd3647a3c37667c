package io.culvert.model.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.HandClock;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol.Changed;
import io.culvert.model.node.NodeProtocol.CurrentState;
import io.culvert.model.node.NodeProtocol.NodeImported;
import io.culvert.model.node.NodeProtocol.NodeStatus;
import io.culvert.model.node.NodeProtocol.Owned;
import io.culvert.model.node.NodeProtocol.Reason;
import io.culvert.model.node.NodeProtocol.Rejected;
import io.culvert.model.node.NodeProtocol.Reply;
import io.culvert.model.node.NodeProtocol.SessionMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Node entity on an in-memory journal; every scenario ends with a recovery. */
class NodeEntityTest {
  private static final ActorTestKit ACTORS =
      ActorTestKit.create(EventSourcedBehaviorTestKit.config());
  private static final NodeId NODE = new NodeId("acme", "berlin");
  private static final VpnId VPN = new VpnId("acme", "backbone");
  private static final String DIGEST = "aa".repeat(32);
  private static final String FINGERPRINT = "bb".repeat(32);
  private static final String VERIFIER = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

  private final HandClock clock = new HandClock();
  private final TestProbe<SessionMessage> first = ACTORS.createTestProbe();
  private final TestProbe<SessionMessage> second = ACTORS.createTestProbe();
  private final EventSourcedBehaviorTestKit<NodeProtocol.Command, NodeEvent, NodeLedger> entity =
      EventSourcedBehaviorTestKit.create(
          ACTORS.system(),
          NodeEntity.create(NODE, clock),
          EventSourcedBehaviorTestKit.enabledSerializationSettings().withVerifyEquality(true));

  @BeforeEach
  void forgetTheTestBefore() {
    entity.clear();
  }

  @AfterEach
  void recoversWhatItWas() {
    NodeLedger before = entity.getState();
    assertThat(entity.restart().state()).isEqualTo(before);
  }

  @AfterAll
  static void shutDown() {
    ACTORS.shutdownTestKit();
  }

  @Test
  void createsANodeOnce() {
    assertThat(create().reply()).isEqualTo(new Changed(1));
    assertThat(create().hasNoEvents()).isTrue();
    CommandResultWithReply<?, ?, ?, Reply> byMeaning =
        run(to -> new NodeProtocol.CreateNode("r-2", to));
    assertThat(byMeaning.reply()).isEqualTo(new Changed(1));
    assertThat(byMeaning.hasNoEvents()).isTrue();
    assertThat(read().node().status()).isEqualTo(NodeStatus.CREATED);
  }

  @Test
  void importsANodeWithItsTokenInOneWrite() {
    CommandResultWithReply<?, NodeEvent, ?, Reply> imported = importNode("i-1", DIGEST);
    assertThat(imported.reply()).isEqualTo(new NodeImported(true, token(DIGEST)));
    assertThat(imported.events())
        .hasExactlyElementsOfTypes(NodeEvent.NodeCreated.class, NodeEvent.TokenIssued.class);
    assertThat(enrol("e-1", DIGEST).reply()).isEqualTo(new Changed(3));
  }

  @Test
  void importingAgainChangesNothing() {
    importNode("i-1", DIGEST);
    CommandResultWithReply<?, NodeEvent, ?, Reply> byId = importNode("i-1", DIGEST);
    assertThat(byId.hasNoEvents()).isTrue();
    assertThat(byId.reply()).isEqualTo(new NodeImported(true, token(DIGEST)));
    CommandResultWithReply<?, NodeEvent, ?, Reply> byMeaning = importNode("i-2", "cc".repeat(32));
    assertThat(byMeaning.hasNoEvents()).isTrue();
    assertThat(byMeaning.reply()).isEqualTo(new NodeImported(false, token(DIGEST)));
    assertThat(run(to -> new NodeProtocol.ImportNode("i-3", null, to)).hasNoEvents()).isTrue();
  }

  @Test
  void importsWithoutAToken() {
    assertThat(run(to -> new NodeProtocol.ImportNode("i-1", null, to)).reply())
        .isEqualTo(new NodeImported(true, null));
    CommandResultWithReply<?, NodeEvent, ?, Reply> later = importNode("i-2", DIGEST);
    assertThat(later.reply()).isEqualTo(new NodeImported(false, token(DIGEST)));
    assertThat(later.event()).isInstanceOf(NodeEvent.TokenIssued.class);
    assertThat(importNode("i-2", DIGEST).reply()).isEqualTo(new NodeImported(false, token(DIGEST)));
  }

  @Test
  void anImportMakesATokenForWhoNeedsOneOnly() {
    create();
    issue("t-1", "cc".repeat(32), Duration.ofHours(2));
    assertThat(importNode("i-1", DIGEST).hasNoEvents()).as("another token waits").isTrue();
    clock.passes(Duration.ofHours(2));
    assertThat(importNode("i-2", DIGEST).reply()).isEqualTo(new NodeImported(false, token(DIGEST)));
    enrol("e-1", DIGEST);
    CommandResultWithReply<?, NodeEvent, ?, Reply> enrolled = importNode("i-3", "dd".repeat(32));
    assertThat(enrolled.hasNoEvents()).isTrue();
    assertThat(enrolled.reply()).isEqualTo(new NodeImported(false, null));
  }

  @Test
  void anImportMakesNoTokenForANodeWithAPassword() {
    create();
    run(to -> new NodeProtocol.SetPassword("p-1", "berlin", VERIFIER, to));
    assertThat(importNode("i-1", DIGEST).reply()).isEqualTo(new NodeImported(false, null));
  }

  @Test
  void importsNoDeletedNodeAndNoTokenThatHasExpired() {
    assertRejected(
        run(
            to ->
                new NodeProtocol.ImportNode(
                    "i-1", new NodeLedger.Token(DIGEST, clock.instant()), to)),
        Reason.BAD_TOKEN);
    create();
    run(to -> new NodeProtocol.DeleteNode("d-1", to));
    assertRejected(importNode("i-2", DIGEST), Reason.INVALID);
  }

  private CommandResultWithReply<NodeProtocol.Command, NodeEvent, NodeLedger, Reply> importNode(
      String requestId, String digest) {
    return run(to -> new NodeProtocol.ImportNode(requestId, token(digest), to));
  }

  private NodeLedger.Token token(String digest) {
    return new NodeLedger.Token(digest, clock.instant().plus(Duration.ofHours(1)));
  }

  @Test
  void answersForANodeThatDoesNotExist() {
    assertRejected(run(NodeProtocol.ReadNode::new), Reason.NOT_FOUND);
    assertRejected(run(to -> new NodeProtocol.SuspendNode("r-1", to)), Reason.NOT_FOUND);
    assertRejected(run(to -> new NodeProtocol.DeleteNode("r-1", to)), Reason.NOT_FOUND);
    assertRejected(claim("s-1", 1, first), Reason.NOT_FOUND);
    assertRejected(recordMembership(true, 2), Reason.NOT_FOUND);
  }

  @Test
  void doesNotTellWhetherANodeExistsToOneWithoutAToken() {
    Reply absent = enrol("e-1", DIGEST).reply();
    create();
    assertThat(enrol("e-2", DIGEST).reply()).isEqualTo(absent);
    assertThat(absent)
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(Reason.BAD_TOKEN));
  }

  @Test
  void aTokenEnrolsOnce() {
    create();
    issue("t-1", DIGEST, Duration.ofHours(1));
    assertRejected(enrol("e-0", "cc".repeat(32)), Reason.BAD_TOKEN);
    CommandResultWithReply<?, NodeEvent, ?, Reply> enrolled = enrol("e-1", DIGEST);
    assertThat(enrolled.reply()).isEqualTo(new Changed(3));
    entity.restart();
    assertThat(enrol("e-1", DIGEST).reply()).isEqualTo(new Changed(3));
    assertRejected(enrol("e-2", DIGEST), Reason.BAD_TOKEN);
    assertThat(read().credentials().certificateFingerprint()).isEqualTo(FINGERPRINT);
    assertThat(read().credentials().tokenExpiresAt()).isNull();
    assertThat(read().node().status()).isEqualTo(NodeStatus.ENROLLED);
  }

  @Test
  void aTokenExpires() {
    create();
    issue("t-1", DIGEST, Duration.ofHours(1));
    clock.passes(Duration.ofHours(1));
    assertRejected(enrol("e-1", DIGEST), Reason.BAD_TOKEN);
    assertRejected(issue("t-2", DIGEST, Duration.ZERO), Reason.INVALID);
  }

  @Test
  void aNewTokenVoidsTheOneBefore() {
    create();
    issue("t-1", DIGEST, Duration.ofHours(1));
    issue("t-2", "cc".repeat(32), Duration.ofHours(1));
    assertRejected(enrol("e-1", DIGEST), Reason.BAD_TOKEN);
    assertThat(enrol("e-2", "cc".repeat(32)).reply()).isInstanceOf(Changed.class);
  }

  @Test
  void keepsThePasswordsVerifierAndShowsItToNoLog() {
    create();
    assertThat(setPassword("p-1", VERIFIER).reply()).isEqualTo(new Changed(2));
    assertThat(setPassword("p-2", VERIFIER).hasNoEvents()).isTrue();
    assertThat(read().credentials().verifier()).isEqualTo(VERIFIER);
    assertThat(read().toString() + entity.getState()).doesNotContain(VERIFIER);
    CommandResultWithReply<?, NodeEvent, ?, Reply> enrolled =
        run(to -> new NodeProtocol.EnrolWithPassword("e-1", FINGERPRINT, to));
    assertThat(enrolled.eventOfType(NodeEvent.CertificateBound.class).spentTokenDigest()).isNull();
    assertThat(run(to -> new NodeProtocol.EnrolWithPassword("e-2", FINGERPRINT, to)).hasNoEvents())
        .isTrue();
  }

  @Test
  void aPasswordEnrolmentLeavesTheOutstandingTokenValid() {
    create();
    issue("t-1", DIGEST, Duration.ofHours(1));
    run(to -> new NodeProtocol.EnrolWithPassword("e-1", "dd".repeat(32), to));
    assertThat(enrol("e-2", DIGEST).reply()).isInstanceOf(Changed.class);
  }

  @Test
  void suspensionForbidsEnrolmentAndLogonUntilResumed() {
    create();
    issue("t-1", DIGEST, Duration.ofHours(1));
    suspend();
    assertRejected(enrol("e-1", DIGEST), Reason.SUSPENDED);
    assertRejected(
        run(to -> new NodeProtocol.EnrolWithPassword("e-2", FINGERPRINT, to)), Reason.SUSPENDED);
    assertRejected(claim("s-1", 1, first), Reason.SUSPENDED);
    assertThat(read().node().status()).isEqualTo(NodeStatus.SUSPENDED);
    run(to -> new NodeProtocol.ResumeNode("r-2", to));
    assertThat(enrol("e-3", DIGEST).reply()).isInstanceOf(Changed.class);
    assertOwned(claim("s-1", 1, first), "s-1");
  }

  private static void assertOwned(CommandResultWithReply<?, ?, ?, Reply> claimed, String session) {
    assertThat(claimed.reply())
        .isInstanceOfSatisfying(
            Owned.class,
            owned -> {
              assertThat(owned.sessionId()).isEqualTo(session);
              assertThat(owned.memberships()).isEmpty();
              assertThat(owned.entity()).isNotNull();
            });
  }

  @Test
  void theNewestLogonOwnsTheNode() {
    create();
    assertOwned(claim("s-1", 10, first), "s-1");
    assertOwned(claim("s-2", 20, second), "s-2");
    first.expectMessage(new NodeProtocol.Displaced("s-2"));
    assertRejected(claim("s-1", 10, first), Reason.DISPLACED);
    assertOwned(claim("s-2", 20, second), "s-2");
    second.expectNoMessage(Duration.ofMillis(20));
  }

  @Test
  void ofTwoLogonsAtTheSameTimeTheGreaterSessionIdOwnsTheNode() {
    create();
    claim("s-2", 10, second);
    assertRejected(claim("s-1", 10, first), Reason.DISPLACED);
    assertOwned(claim("s-3", 10, first), "s-3");
    second.expectMessage(new NodeProtocol.Displaced("s-3"));
  }

  @Test
  void onlyTheOwnerReleasesTheNode() {
    create();
    claim("s-2", 20, second);
    entity.runCommand(new NodeProtocol.ReleaseSession("s-1"));
    assertThat(read().owner()).isNotNull();
    entity.runCommand(new NodeProtocol.ReleaseSession("s-2"));
    assertThat(read().owner()).isNull();
    assertOwned(claim("s-1", 10, first), "s-1");
  }

  @Test
  void aSessionThatEndedOwnsNothing() {
    create();
    claim("s-2", 20, second);
    second.stop();
    first.awaitAssert(
        () -> {
          assertThat(read().owner()).isNull();
          return true;
        });
  }

  @Test
  void ownershipIsNotJournalled() {
    create();
    assertThat(claim("s-1", 10, first).hasNoEvents()).isTrue();
    entity.restart();
    assertThat(read().owner()).isNull();
    assertOwned(claim("s-1", 10, first), "s-1");
  }

  @Test
  void revokesTheOwnersSession() {
    create();
    claim("s-1", 10, first);
    suspend();
    first.expectMessageClass(NodeProtocol.Revoked.class);
    assertThat(read().owner()).isNull();
    run(to -> new NodeProtocol.ResumeNode("r-2", to));
    claim("s-2", 20, second);
    run(to -> new NodeProtocol.DeleteNode("r-3", to));
    second.expectMessageClass(NodeProtocol.Revoked.class);
    assertRejected(claim("s-2", 20, second), Reason.NOT_FOUND);
  }

  @Test
  void recordsMembershipsByRevisionAndTellsTheOwner() {
    create();
    claim("s-1", 10, first);
    assertThat(recordMembership(true, 5).reply()).isInstanceOf(Changed.class);
    first.expectMessage(new NodeProtocol.MembershipsChanged(Set.of(VPN)));
    assertThat(recordMembership(true, 5).hasNoEvents()).isTrue();
    CommandResultWithReply<?, ?, ?, Reply> older = recordMembership(false, 4);
    assertThat(older.hasNoEvents()).isTrue();
    assertThat(older.reply()).isInstanceOf(Changed.class);
    assertThat(read().node().memberships()).containsExactly(Map.entry(VPN, 5L));
    recordMembership(false, 6);
    first.expectMessage(new NodeProtocol.MembershipsChanged(Set.of()));
    assertThat(recordMembership(true, 5).hasNoEvents()).isTrue();
    assertOwned(claim("s-1", 10, first), "s-1");
  }

  @Test
  void aDeletedNodesNameStaysRetired() {
    create();
    setPassword("p-1", VERIFIER);
    run(to -> new NodeProtocol.DeleteNode("r-3", to));
    assertThat(entity.getState().credentials().verifier()).isNull();
    assertRejected(run(NodeProtocol.ReadNode::new), Reason.NOT_FOUND);
    assertRejected(run(to -> new NodeProtocol.CreateNode("r-4", to)), Reason.INVALID);
    assertRejected(recordMembership(true, 7), Reason.NOT_FOUND);
    assertThat(recordMembership(false, 8).reply()).isInstanceOf(Changed.class);
    assertThat(run(to -> new NodeProtocol.DeleteNode("r-5", to)).hasNoEvents()).isTrue();
  }

  private CommandResultWithReply<NodeProtocol.Command, NodeEvent, NodeLedger, Reply> run(
      Function<ActorRef<Reply>, NodeProtocol.Command> command) {
    return entity.runCommand(command);
  }

  private CommandResultWithReply<NodeProtocol.Command, NodeEvent, NodeLedger, Reply> create() {
    return run(to -> new NodeProtocol.CreateNode("r-1", to));
  }

  private void suspend() {
    run(to -> new NodeProtocol.SuspendNode("suspend-" + clock.instant(), to));
  }

  private CommandResultWithReply<NodeProtocol.Command, NodeEvent, NodeLedger, Reply> setPassword(
      String requestId, String verifier) {
    return run(to -> new NodeProtocol.SetPassword(requestId, "berlin", verifier, to));
  }

  private CommandResultWithReply<NodeProtocol.Command, NodeEvent, NodeLedger, Reply> issue(
      String requestId, String digest, Duration lifetime) {
    Instant expiresAt = clock.instant().plus(lifetime);
    return run(to -> new NodeProtocol.IssueToken(requestId, digest, expiresAt, to));
  }

  private CommandResultWithReply<NodeProtocol.Command, NodeEvent, NodeLedger, Reply> enrol(
      String requestId, String digest) {
    return run(to -> new NodeProtocol.EnrolWithToken(requestId, digest, FINGERPRINT, to));
  }

  private CommandResultWithReply<NodeProtocol.Command, NodeEvent, NodeLedger, Reply> claim(
      String sessionId, long logonAtSeconds, TestProbe<SessionMessage> session) {
    Instant logonAt = Instant.ofEpochSecond(logonAtSeconds);
    return run(to -> new NodeProtocol.ClaimSession(sessionId, logonAt, session.getRef(), to));
  }

  private CommandResultWithReply<NodeProtocol.Command, NodeEvent, NodeLedger, Reply>
      recordMembership(boolean member, long revision) {
    return run(to -> new NodeProtocol.RecordMembership(VPN, member, revision, to));
  }

  private CurrentState read() {
    return run(NodeProtocol.ReadNode::new).replyOfType(CurrentState.class);
  }

  private static void assertRejected(CommandResultWithReply<?, ?, ?, Reply> result, Reason reason) {
    assertThat(result.hasNoEvents()).isTrue();
    Rejected rejected = result.replyOfType(Rejected.class);
    assertThat(rejected.reason()).isEqualTo(reason);
    assertThat(rejected.message()).isNotBlank();
  }
}
