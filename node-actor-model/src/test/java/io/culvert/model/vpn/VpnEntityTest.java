package io.culvert.model.vpn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.EntityTestKits;
import io.culvert.model.journal.TestClock;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.vpn.VpnProtocol.Changed;
import io.culvert.model.vpn.VpnProtocol.FeedMessage;
import io.culvert.model.vpn.VpnProtocol.Reason;
import io.culvert.model.vpn.VpnProtocol.Rejected;
import io.culvert.model.vpn.VpnProtocol.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VpnEntityTest {
  private static final VpnId VPN = new VpnId("acme", "office");
  private static final NodeId ANN = new NodeId("acme", "ann");
  private static final NodeId BOB = new NodeId("acme", "bob");
  private static final VpnSettings SETTINGS =
      new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, "100.64.0.0/29", "fd00:1::/64");

  private final ActorTestKit actors = EntityTestKits.start();
  private final TestClock clock = new TestClock();
  private final TestProbe<NodeProtocol.Command> nodes =
      actors.createTestProbe(NodeProtocol.Command.class);
  private final EventSourcedBehaviorTestKit<VpnProtocol.Command, VpnEvent, VpnLedger> kit =
      EventSourcedBehaviorTestKit.create(
          actors.system(),
          VpnEntity.create(VPN, node -> nodes.getRef(), clock),
          EntityTestKits.verifyEverything());

  @BeforeEach
  void create() {
    assertThat(run(reply -> new VpnProtocol.CreateVpn("create", SETTINGS, reply)).reply())
        .isEqualTo(new Changed(1));
  }

  @AfterEach
  void stop() {
    actors.shutdownTestKit();
  }

  private CommandResultWithReply<VpnProtocol.Command, VpnEvent, VpnLedger, Reply> run(
      Function<ActorRef<Reply>, VpnProtocol.Command> command) {
    return kit.runCommand(command);
  }

  private static Membership member(VpnLedger ledger, NodeId node) {
    return Objects.requireNonNull(ledger.state().memberships().get(node));
  }

  private Reply admit(String requestId, NodeId node) {
    return run(reply -> new VpnProtocol.AdmitNode(requestId, node, Role.SPOKE, reply)).reply();
  }

  @Test
  void restoresEverythingAfterARestart() {
    assertThat(admit("1", ANN)).isEqualTo(new Changed(2));
    assertThat(admit("2", BOB)).isEqualTo(new Changed(3));
    VpnLedger before = kit.getState();
    kit.restart();
    assertThat(kit.getState()).isEqualTo(before);
    assertThat(member(before, ANN).virtualIpv4().getHostAddress()).isEqualTo("100.64.0.2");
    assertThat(member(before, BOB).virtualIpv6().getHostAddress()).isEqualTo("fd00:1:0:0:0:0:0:3");
  }

  @Test
  void repeatsItsReplyForARepeatedRequestAndJournalsNothing() {
    Reply first = admit("same", ANN);
    var _ = admit("other", BOB);
    var repeated = run(reply -> new VpnProtocol.AdmitNode("same", ANN, Role.SPOKE, reply));
    assertThat(repeated.reply()).isEqualTo(first);
    assertThat(repeated.events()).isEmpty();
    kit.restart();
    assertThat(admit("same", ANN)).isEqualTo(first);
  }

  @Test
  void acceptsAnEqualChangeUnderAnotherRequestWithoutAnEvent() {
    var _ = admit("1", ANN);
    var again = run(reply -> new VpnProtocol.AdmitNode("2", ANN, Role.SPOKE, reply));
    assertThat(again.reply()).isEqualTo(new Changed(2));
    assertThat(again.events()).isEmpty();
  }

  @Test
  void givesAnAddressOnlyWhenItHasRested() {
    // A /29 has room for five: .2 to .6.
    for (int i = 0; i < 5; i++) {
      assertThat(admit("fill-" + i, new NodeId("acme", "n" + i))).isInstanceOf(Changed.class);
    }
    assertThat(run(r -> new VpnProtocol.RemoveNode("out", new NodeId("acme", "n0"), r)).reply())
        .isInstanceOf(Changed.class);
    assertThat(admit("too-early", ANN))
        .isInstanceOfSatisfying(
            Rejected.class, r -> assertThat(r.reason()).isEqualTo(Reason.POOL_EXHAUSTED));
    clock.advance(Duration.ofHours(1));
    assertThat(admit("rested", ANN)).isInstanceOf(Changed.class);
    assertThat(member(kit.getState(), ANN).index()).isEqualTo(1);
  }

  @Test
  void beginsAnEpochWithEachCipherAndEachRenewal() {
    assertThat(run(r -> new VpnProtocol.ChangeCipherSuite("1", CipherSuite.AES_128_GCM, r)).reply())
        .isEqualTo(new Changed(2));
    assertThat(run(r -> new VpnProtocol.RenewSecret("2", r)).reply()).isEqualTo(new Changed(3));
    assertThat(kit.getState().state().epoch()).isEqualTo(3);
    assertThat(
            run(r -> new VpnProtocol.ChangeCipherSuite("3", CipherSuite.AES_128_GCM, r)).events())
        .isEmpty();
  }

  @Test
  void rejectsWhatDoesNotFitWithAReason() {
    assertReason(
        Reason.CONFLICT,
        run(r -> new VpnProtocol.CreateVpn("c", SETTINGS.with(Topology.HUB_AND_SPOKE), r)).reply());
    assertReason(
        Reason.NOT_A_MEMBER, run(r -> new VpnProtocol.ChangeRole("r", ANN, Role.HUB, r)).reply());
    assertReason(Reason.INVALID, admit("foreign", new NodeId("other", "eve")));
    var _ = run(r -> new VpnProtocol.DeleteVpn("d", r));
    assertReason(Reason.NOT_FOUND, admit("late", ANN));
    assertReason(
        Reason.CONFLICT, run(r -> new VpnProtocol.CreateVpn("again", SETTINGS, r)).reply());
  }

  private static void assertReason(Reason reason, Reply reply) {
    assertThat(reply)
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.reason()).isEqualTo(reason));
  }

  @Test
  void sendsEachRevisionOnceToEachFeed() {
    TestProbe<FeedMessage> feed = actors.createTestProbe(FeedMessage.class);
    var _ = kit.runCommand(new VpnProtocol.Subscribe(feed.getRef(), 0));
    assertThat(feed.receiveMessage())
        .isInstanceOfSatisfying(
            VpnProtocol.FullState.class, full -> assertThat(full.state().revision()).isOne());
    var _ = kit.runCommand(new VpnProtocol.Subscribe(feed.getRef(), 1));
    assertThat(feed.receiveMessage()).isEqualTo(new VpnProtocol.UpToDate(VPN, 1));
    var _ = admit("1", ANN);
    assertThat(feed.receiveMessage())
        .isInstanceOfSatisfying(
            VpnProtocol.Revised.class,
            revised -> {
              assertThat(revised.fromRevision()).isOne();
              assertThat(revised.events()).hasSize(1);
            });
    feed.expectNoMessage(Duration.ofMillis(100));
  }

  @Test
  void tellsTheNodeUntilItConfirms() {
    var _ = admit("1", ANN);
    NodeProtocol.RecordMembership told =
        nodes.expectMessageClass(NodeProtocol.RecordMembership.class);
    assertThat(told.member()).isTrue();
    assertThat(told.revision()).isEqualTo(2);
    kit.restart();
    NodeProtocol.RecordMembership again =
        nodes.expectMessageClass(NodeProtocol.RecordMembership.class);
    again.replyTo().tell(new NodeProtocol.Changed(1));
    nodes.awaitAssert(
        () -> {
          assertThat(kit.getState().uninformed()).isEmpty();
          return true;
        });
    assertThat(kit.getState().state().revision()).isEqualTo(2);
  }

  @Test
  void endsAllMembershipsWhenItIsDeleted() {
    var _ = admit("1", ANN);
    var _ = admit("2", BOB);
    var _ = run(r -> new VpnProtocol.DeleteVpn("d", r));
    assertThat(kit.getState().state().memberships()).isEmpty();
    assertThat(kit.getState().uninformed().keySet()).containsAll(List.of(ANN, BOB));
  }
}
