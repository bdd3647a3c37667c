package io.culvert.model.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.journal.EntityTestKits;
import io.culvert.model.journal.TestClock;
import io.culvert.model.node.NodeProtocol.Changed;
import io.culvert.model.node.NodeProtocol.CurrentState;
import io.culvert.model.node.NodeProtocol.NodeStatus;
import io.culvert.model.node.NodeProtocol.Owned;
import io.culvert.model.node.NodeProtocol.Reason;
import io.culvert.model.node.NodeProtocol.Rejected;
import io.culvert.model.node.NodeProtocol.Reply;
import io.culvert.model.node.NodeProtocol.SessionMessage;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeEntityTest {
  private static final NodeId NODE = new NodeId("acme", "ann");
  private static final VpnId VPN = new VpnId("acme", "office");

  private final ActorTestKit actors = EntityTestKits.start();
  private final TestClock clock = new TestClock();
  private final EventSourcedBehaviorTestKit<NodeProtocol.Command, NodeEvent, NodeLedger> kit =
      EventSourcedBehaviorTestKit.create(
          actors.system(), NodeEntity.create(NODE, clock), EntityTestKits.verifyEverything());

  @BeforeEach
  void create() {
    assertThat(ask(r -> new NodeProtocol.CreateNode("create", r))).isEqualTo(new Changed(1));
  }

  @AfterEach
  void stop() {
    actors.shutdownTestKit();
  }

  private Reply ask(Function<ActorRef<Reply>, NodeProtocol.Command> command) {
    return kit.runCommand(command).reply();
  }

  private void issue(String digest) {
    assertThat(
            ask(
                r ->
                    new NodeProtocol.IssueToken(
                        "issue-" + digest, digest, clock.instant().plusSeconds(60), r)))
        .isInstanceOf(Changed.class);
  }

  private Reply enrol(String requestId, String digest) {
    return ask(r -> new NodeProtocol.EnrolWithToken(requestId, digest, "ab12", r));
  }

  private static void assertReason(Reason reason, Reply reply) {
    assertThat(reply)
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.reason()).isEqualTo(reason));
  }

  @Test
  void spendsATokenOnce() {
    issue("aa");
    assertThat(enrol("first", "aa")).isInstanceOf(Changed.class);
    assertReason(Reason.BAD_TOKEN, enrol("second", "aa"));
    kit.restart();
    assertReason(Reason.BAD_TOKEN, enrol("third", "aa"));
    assertThat(kit.getState().status()).isEqualTo(NodeStatus.ENROLLED);
  }

  @Test
  void refusesAnExpiredAnUnknownAndAReplacedToken() {
    issue("aa");
    assertReason(Reason.BAD_TOKEN, enrol("1", "bb"));
    issue("cc");
    assertReason(Reason.BAD_TOKEN, enrol("2", "aa"));
    clock.advance(Duration.ofSeconds(60));
    assertReason(Reason.BAD_TOKEN, enrol("3", "cc"));
  }

  @Test
  void letsTheNewestLogonOwnTheNode() {
    TestProbe<SessionMessage> older = actors.createTestProbe(SessionMessage.class);
    TestProbe<SessionMessage> newer = actors.createTestProbe(SessionMessage.class);
    assertThat(claim("s1", 0, older)).isEqualTo(new Owned("s1", Set.of()));
    assertThat(claim("s2", 10, newer)).isEqualTo(new Owned("s2", Set.of()));
    assertThat(older.receiveMessage()).isEqualTo(new NodeProtocol.Displaced("s2"));
    assertReason(Reason.DISPLACED, claim("s1", 0, older));
    assertThat(claim("s2", 10, newer)).isEqualTo(new Owned("s2", Set.of()));
    newer.expectNoMessage(Duration.ofMillis(100));
  }

  private Reply claim(String sessionId, int secondsLater, TestProbe<SessionMessage> session) {
    return ask(
        r ->
            new NodeProtocol.ClaimSession(
                sessionId, clock.instant().plusSeconds(secondsLater), session.getRef(), r));
  }

  @Test
  void tellsTheOwnerOfMembershipsAndForgetsOlderWords() {
    TestProbe<SessionMessage> session = actors.createTestProbe(SessionMessage.class);
    var _ = claim("s1", 0, session);
    assertThat(ask(r -> new NodeProtocol.RecordMembership(VPN, true, 5, r)))
        .isInstanceOf(Changed.class);
    assertThat(session.receiveMessage())
        .isEqualTo(new NodeProtocol.MembershipsChanged(Set.of(VPN)));
    var _ = ask(r -> new NodeProtocol.RecordMembership(VPN, false, 4, r));
    session.expectNoMessage(Duration.ofMillis(100));
    kit.restart();
    assertThat(kit.getState().memberOf()).containsExactly(VPN);
    assertThat(claim("s1", 0, session)).isEqualTo(new Owned("s1", Set.of(VPN)));
  }

  @Test
  void revokesTheOwnerWhenSuspendedAndRefusesClaims() {
    TestProbe<SessionMessage> session = actors.createTestProbe(SessionMessage.class);
    var _ = claim("s1", 0, session);
    var _ = ask(r -> new NodeProtocol.SuspendNode("suspend", r));
    assertThat(session.receiveMessage()).isInstanceOf(NodeProtocol.Revoked.class);
    assertReason(Reason.SUSPENDED, claim("s2", 1, session));
    var _ = ask(r -> new NodeProtocol.ResumeNode("resume", r));
    assertThat(claim("s3", 2, session)).isInstanceOf(Owned.class);
  }

  @Test
  void showsVerifiersToNobodyInText() {
    var _ = ask(r -> new NodeProtocol.SetPassword("p", "ann", "$argon2id$v=19$m=1,t=1,p=1$a$b", r));
    assertThat(kit.getState().toString()).doesNotContain("argon2id");
    assertThat(ask(NodeProtocol.ReadNode::new))
        .isInstanceOfSatisfying(
            CurrentState.class,
            state -> {
              assertThat(state.credentials().verifier()).startsWith("$argon2id$");
              assertThat(state.toString()).doesNotContain("argon2id");
            });
  }

  @Test
  void keepsTheNameOfADeletedNodeRetired() {
    var _ = ask(r -> new NodeProtocol.DeleteNode("delete", r));
    assertReason(Reason.INVALID, ask(r -> new NodeProtocol.CreateNode("again", r)));
    assertReason(Reason.NOT_FOUND, ask(NodeProtocol.ReadNode::new));
    assertThat(ask(r -> new NodeProtocol.DeleteNode("delete-again", r)))
        .isInstanceOf(Changed.class);
  }
}
