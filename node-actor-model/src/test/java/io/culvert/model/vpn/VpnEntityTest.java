package io.culvert.model.vpn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.HandClock;
import io.culvert.model.addressing.Places;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.vpn.VpnProtocol.Changed;
import io.culvert.model.vpn.VpnProtocol.FeedMessage;
import io.culvert.model.vpn.VpnProtocol.Reason;
import io.culvert.model.vpn.VpnProtocol.Rejected;
import io.culvert.model.vpn.VpnProtocol.Reply;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.FishingOutcome;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Vpn entity on an in-memory journal; every scenario ends with a recovery. */
class VpnEntityTest {
  private static final ActorTestKit ACTORS =
      ActorTestKit.create(EventSourcedBehaviorTestKit.config());
  private static final VpnId VPN = new VpnId("acme", "backbone");
  private static final NodeId BERLIN = new NodeId("acme", "berlin");
  private static final NodeId MADRID = new NodeId("acme", "madrid");
  private static final VpnSettings SETTINGS =
      new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.0.0.0/30", "fd00:1::/64");

  private final HandClock clock = new HandClock();
  private final TestProbe<NodeProtocol.Command> nodes = ACTORS.createTestProbe();
  private final TestProbe<FeedMessage> feed = ACTORS.createTestProbe();
  private final EventSourcedBehaviorTestKit<VpnProtocol.Command, VpnEvent, VpnLedger> entity =
      EventSourcedBehaviorTestKit.create(
          ACTORS.system(),
          VpnEntity.create(VPN, node -> nodes.getRef(), clock),
          EventSourcedBehaviorTestKit.enabledSerializationSettings().withVerifyEquality(true));

  @BeforeEach
  void forgetTheTestBefore() {
    entity.clear();
  }

  @AfterEach
  void recoversWhatItWas() {
    VpnLedger before = entity.getState();
    assertThat(entity.restart().state()).isEqualTo(before);
  }

  @AfterAll
  static void shutDown() {
    ACTORS.shutdownTestKit();
  }

  @Test
  void createsAVpnOnce() {
    assertThat(create("r-1").reply()).isEqualTo(new Changed(1));
    assertThat(create("r-1").hasNoEvents()).isTrue();
    CommandResultWithReply<?, ?, ?, Reply> byMeaning = create("r-2");
    assertThat(byMeaning.hasNoEvents()).isTrue();
    assertThat(byMeaning.reply()).isEqualTo(new Changed(1));
    VpnSettings others = SETTINGS.with(Topology.HUB_AND_SPOKE);
    assertRejected(run(to -> new VpnProtocol.CreateVpn("r-3", others, to)), Reason.CONFLICT);
  }

  @Test
  void refusesPoolsThatAreNone() {
    VpnSettings wrong =
        new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.0.0.0/31", "fd00::/64");
    assertRejected(run(to -> new VpnProtocol.CreateVpn("r-1", wrong, to)), Reason.INVALID);
  }

  @Test
  void answersForAVpnThatDoesNotExist() {
    assertRejected(run(VpnProtocol.ReadVpn::new), Reason.NOT_FOUND);
    assertRejected(admit("r-1", BERLIN), Reason.NOT_FOUND);
    subscribe(0);
    feed.expectMessage(new VpnProtocol.NoSuchVpn(VPN));
  }

  @Test
  void admitsANodeAndKeepsItsAddresses() {
    create("r-1");
    CommandResultWithReply<?, VpnEvent, ?, Reply> admitted = admit("r-2", BERLIN);
    assertThat(admitted.reply()).isEqualTo(new Changed(2));
    VpnEvent.NodeAdmitted event = admitted.eventOfType(VpnEvent.NodeAdmitted.class);
    assertThat(event.virtualIpv4()).isEqualTo(InetAddress.ofLiteral("10.0.0.2"));
    assertThat(event.virtualIpv6()).isEqualTo(InetAddress.ofLiteral("fd00:1::2"));
    assertThat(event.index()).isEqualTo(1);
    assertThat(admit("r-3", BERLIN).hasNoEvents()).isTrue();
    assertRejected(
        run(to -> new VpnProtocol.AdmitNode("r-4", BERLIN, Role.HUB, to)), Reason.CONFLICT);
  }

  @Test
  void admitsNoNodeOfAnotherOrganization() {
    create("r-1");
    assertRejected(admit("r-2", new NodeId("other", "berlin")), Reason.INVALID);
  }

  @Test
  void letsAnAddressRestBeforeAnotherNodeGetsIt() {
    create("r-1");
    admit("r-2", BERLIN);
    assertRejected(admit("r-3", MADRID), Reason.POOL_EXHAUSTED);
    run(to -> new VpnProtocol.RemoveNode("r-4", BERLIN, to));
    clock.passes(Places.REST.minusNanos(1));
    assertRejected(admit("r-5", MADRID), Reason.POOL_EXHAUSTED);
    entity.restart();
    assertRejected(admit("r-6", MADRID), Reason.POOL_EXHAUSTED);
    clock.passes(Duration.ofNanos(1));
    assertThat(admit("r-7", MADRID).eventOfType(VpnEvent.NodeAdmitted.class).index()).isEqualTo(1);
  }

  @Test
  void admitsUpToTheSmallerPoolAndStillAnswersBeyondIt() {
    VpnLedger full = VpnLedger.absent(VPN);
    VpnSettings settings =
        new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.0.0.0/8", "fd00::/112");
    entity.initialize(
        new VpnLedger(
            full.apply(new VpnEvent.VpnCreated("r-0", settings, clock.instant())).state(),
            new Places(65_533, List.of()),
            full.uninformed(),
            full.requests()));
    assertThat(admit("r-1", BERLIN).eventOfType(VpnEvent.NodeAdmitted.class).virtualIpv6())
        .isEqualTo(InetAddress.ofLiteral("fd00::fffe"));
    assertRejected(admit("r-2", MADRID), Reason.POOL_EXHAUSTED);
  }

  @Test
  void newKeysComeWithANewCipherSuiteAndOnDemandOnly() {
    create("r-1");
    assertThat(
            run(to -> new VpnProtocol.ChangeCipherSuite("r-2", CipherSuite.AES_128_GCM, to))
                .eventOfType(VpnEvent.CipherSuiteChanged.class)
                .epoch())
        .isEqualTo(2);
    assertThat(
            run(to -> new VpnProtocol.ChangeCipherSuite("r-3", CipherSuite.AES_128_GCM, to))
                .hasNoEvents())
        .isTrue();
    run(to -> new VpnProtocol.ChangeTopology("r-4", Topology.HUB_AND_SPOKE, to));
    assertThat(entity.getState().state().epoch()).isEqualTo(2);
    assertThat(
            run(to -> new VpnProtocol.RenewSecret("r-5", to))
                .eventOfType(VpnEvent.SecretRenewed.class)
                .epoch())
        .isEqualTo(3);
    assertThat(run(to -> new VpnProtocol.RenewSecret("r-5", to)).reply()).isEqualTo(new Changed(4));
    assertThat(entity.getState().state().epoch()).isEqualTo(3);
  }

  @Test
  void changesTheRoleOfMembersOnly() {
    create("r-1");
    assertRejected(
        run(to -> new VpnProtocol.ChangeRole("r-2", BERLIN, Role.HUB, to)), Reason.NOT_A_MEMBER);
    admit("r-3", BERLIN);
    assertThat(run(to -> new VpnProtocol.ChangeRole("r-4", BERLIN, Role.HUB, to)).reply())
        .isEqualTo(new Changed(3));
    assertThat(entity.getState().state().memberships().get(BERLIN))
        .extracting(Membership::role)
        .isEqualTo(Role.HUB);
  }

  /** Looks wrong and is intended: see RecentRequests. */
  @Test
  void decidesARequestThatChangedNothingAnewWhenItIsRepeatedAndThenNoMore() {
    create("r-1");
    admit("r-2", BERLIN);
    assertThat(changeRole("r-3", Role.SPOKE).hasNoEvents()).as("it is a spoke").isTrue();
    changeRole("r-4", Role.HUB);

    assertThat(changeRole("r-3", Role.SPOKE).reply()).isEqualTo(new Changed(4));
    changeRole("r-5", Role.HUB);
    CommandResultWithReply<?, VpnEvent, ?, Reply> third = changeRole("r-3", Role.SPOKE);

    assertThat(third.hasNoEvents()).isTrue();
    assertThat(third.reply()).isEqualTo(new Changed(4));
    assertThat(entity.getState().state().memberships().get(BERLIN))
        .extracting(Membership::role)
        .isEqualTo(Role.HUB);
  }

  private CommandResultWithReply<VpnProtocol.Command, VpnEvent, VpnLedger, Reply> changeRole(
      String requestId, Role role) {
    return run(to -> new VpnProtocol.ChangeRole(requestId, BERLIN, role, to));
  }

  @Test
  void tellsEachFeedOfEachChangeOnceAndOfNoOther() {
    create("r-1");
    subscribe(0);
    assertThat(feed.expectMessageClass(VpnProtocol.FullState.class).state().revision())
        .isEqualTo(1);
    subscribe(1);
    feed.expectMessage(new VpnProtocol.UpToDate(VPN, 1));
    CommandResultWithReply<?, VpnEvent, ?, Reply> admitted = admit("r-2", BERLIN);
    feed.expectMessage(new VpnProtocol.Revised(VPN, 1, admitted.events()));
    admit("r-2", BERLIN);
    nodes.expectMessageClass(NodeProtocol.RecordMembership.class).replyTo().tell(recorded());
    awaitNobodyPending();
    CommandResultWithReply<?, VpnEvent, ?, Reply> renewed =
        run(to -> new VpnProtocol.RenewSecret("r-3", to));
    feed.expectMessage(new VpnProtocol.Revised(VPN, 2, renewed.events()));
    entity.runCommand(new VpnProtocol.Unsubscribe(feed.getRef()));
    run(to -> new VpnProtocol.RenewSecret("r-4", to));
    feed.expectNoMessage(Duration.ofMillis(50));
  }

  @Test
  void bringsAFeedThatFellBehindUpToDate() {
    create("r-1");
    run(to -> new VpnProtocol.RenewSecret("r-2", to));
    subscribe(1);
    assertThat(feed.expectMessageClass(VpnProtocol.FullState.class).state())
        .isEqualTo(entity.getState().state());
  }

  @Test
  void tellsANodeOfItsMembershipUntilItConfirms() {
    create("r-1");
    admit("r-2", BERLIN);
    NodeProtocol.RecordMembership first =
        nodes.expectMessageClass(NodeProtocol.RecordMembership.class);
    assertThat(first.member()).isTrue();
    assertThat(first.revision()).isEqualTo(2);
    assertThat(entity.getState().uninformed()).containsEntry(BERLIN, 2L);
    entity.restart();
    nodes.expectMessageClass(NodeProtocol.RecordMembership.class).replyTo().tell(recorded());
    awaitNobodyPending();
    assertThat(entity.getState().state().revision()).isEqualTo(2);
  }

  @Test
  void aLateConfirmationOfAnEarlierChangeDoesNotCount() {
    create("r-1");
    admit("r-2", BERLIN);
    run(to -> new VpnProtocol.RemoveNode("r-3", BERLIN, to));
    assertThat(entity.runCommand(new VpnProtocol.NodeWasInformed(BERLIN, 2)).hasNoEvents())
        .isTrue();
    assertThat(entity.getState().uninformed()).containsEntry(BERLIN, 3L);
    assertThat(entity.runCommand(new VpnProtocol.NodeWasInformed(BERLIN, 3)).event())
        .isInstanceOf(VpnEvent.NodeInformed.class);
    assertThat(entity.getState().uninformed()).isEmpty();
  }

  @Test
  void deletionEndsAllMembershipsAndTellsTheNodes() {
    create("r-1");
    subscribe(1);
    admit("r-2", BERLIN);
    nodes.expectMessageClass(NodeProtocol.RecordMembership.class);
    run(to -> new VpnProtocol.DeleteVpn("r-3", to));
    NodeProtocol.RecordMembership told =
        nodes.expectMessageClass(NodeProtocol.RecordMembership.class);
    assertThat(told.member()).isFalse();
    assertThat(told.revision()).isEqualTo(3);
    assertRejected(run(VpnProtocol.ReadVpn::new), Reason.NOT_FOUND);
    assertRejected(create("r-4"), Reason.CONFLICT);
    assertRejected(admit("r-5", MADRID), Reason.NOT_FOUND);
    assertThat(run(to -> new VpnProtocol.DeleteVpn("r-6", to)).reply()).isEqualTo(new Changed(3));
    subscribe(2);
    assertThat(feed.fishForMessage(Duration.ofSeconds(3), VpnEntityTest::untilFullState))
        .last()
        .isInstanceOfSatisfying(
            VpnProtocol.FullState.class,
            full -> assertThat(full.state().lifecycle()).isEqualTo(VpnState.Lifecycle.DELETED));
  }

  @Test
  void recoversFromASnapshot() {
    create("r-0");
    int changes = 210;
    for (int i = 1; i <= changes; i++) {
      String requestId = "r-" + i;
      run(to -> new VpnProtocol.RenewSecret(requestId, to));
    }
    assertThat(entity.snapshotTestKit())
        .hasValueSatisfying(
            snapshots ->
                assertThat(snapshots.persistedInStorage("vpn|acme/backbone")).isNotEmpty());
    assertThat(entity.restart().state().state().revision()).isEqualTo(changes + 1);
    assertThat(run(to -> new VpnProtocol.RenewSecret("r-" + changes, to)).hasNoEvents()).isTrue();
  }

  private static FishingOutcome untilFullState(FeedMessage message) {
    return message instanceof VpnProtocol.FullState
        ? FishingOutcomes.complete()
        : FishingOutcomes.continueAndIgnore();
  }

  private CommandResultWithReply<VpnProtocol.Command, VpnEvent, VpnLedger, Reply> run(
      Function<ActorRef<Reply>, VpnProtocol.Command> command) {
    return entity.runCommand(command);
  }

  private CommandResultWithReply<VpnProtocol.Command, VpnEvent, VpnLedger, Reply> create(
      String requestId) {
    return run(to -> new VpnProtocol.CreateVpn(requestId, SETTINGS, to));
  }

  private CommandResultWithReply<VpnProtocol.Command, VpnEvent, VpnLedger, Reply> admit(
      String requestId, NodeId node) {
    return run(to -> new VpnProtocol.AdmitNode(requestId, node, Role.SPOKE, to));
  }

  private void subscribe(long knownRevision) {
    entity.runCommand(new VpnProtocol.Subscribe(feed.getRef(), knownRevision));
  }

  private static NodeProtocol.Reply recorded() {
    return new NodeProtocol.Changed(1);
  }

  private void awaitNobodyPending() {
    feed.awaitAssert(
        () -> {
          assertThat(entity.getState().uninformed()).isEmpty();
          return true;
        });
  }

  private static void assertRejected(CommandResultWithReply<?, ?, ?, Reply> result, Reason reason) {
    assertThat(result.hasNoEvents()).isTrue();
    Rejected rejected = result.replyOfType(Rejected.class);
    assertThat(rejected.reason()).isEqualTo(reason);
    assertThat(rejected.message()).isNotBlank();
  }
}
