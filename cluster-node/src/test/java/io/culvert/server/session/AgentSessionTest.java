package io.culvert.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Endpoint;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.Refusal;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.server.authentication.NodeAuthenticator;
import io.culvert.server.session.RecordingStream.End;
import io.culvert.server.session.RecordingStream.Kind;
import io.culvert.server.session.SessionHouse.Agent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions against real entities, authentication, feeds and keys. */
class AgentSessionTest {
  private static SessionHouse house;

  @BeforeAll
  static void open(@TempDir Path directory) {
    house = new SessionHouse(directory);
  }

  @AfterAll
  static void close() {
    house.close();
  }

  // ---- logon ----

  @Test
  void acceptsAPasswordAndOwnsTheNode() {
    NodeId node = house.createNode();

    List<ServerFrame> frames = house.connect().link(node);

    assertThat(frames)
        .extracting(ServerFrame::getFrameCase)
        .containsExactly(
            ServerFrame.FrameCase.WELCOME,
            ServerFrame.FrameCase.LOGON_RESULT,
            ServerFrame.FrameCase.SYNCHRONIZED);
    house.awaitOwner(node, frames.get(1).getLogonResult().getAccepted().getSessionId());
  }

  @Test
  void sendsTheViewOfEachVpnBeforeItSaysSynchronized() {
    NodeId node = house.createNode();
    VpnId first = house.createVpn(node);
    VpnId second = house.createVpn(node);

    List<ServerFrame> frames = house.connect().link(node);

    assertThat(frames).hasSize(5);
    assertThat(frames.get(1).getLogonResult().getAccepted().getVpnIdsList())
        .containsExactlyInAnyOrder(first.toString(), second.toString());
    assertThat(frames.subList(2, 4))
        .extracting(frame -> frame.getSnapshot().getVpnId())
        .containsExactlyInAnyOrder(first.toString(), second.toString());
    assertThat(frames.get(2).getSnapshot().getSelf().getNodeId()).isEqualTo(node.toString());
  }

  @Test
  void refusesAnUnknownNodeAndAWrongPasswordAlike() {
    Refusal unknown = refusal(house.connect(), house.house.unknownNode(), SessionHouse.PASSWORD);
    Refusal wrong = refusal(house.connect(), house.createNode(), "wrong");

    assertThat(unknown.getCode()).isEqualTo(Refusal.Code.BAD_CREDENTIALS);
    assertThat(wrong).isEqualTo(unknown);
  }

  @Test
  void acceptsTheBoundCertificateOfTheNodeAndNoOther() {
    NodeId node = house.createNode();
    NodeId other = house.createNode();
    var bound = house.enrol(node);

    assertThat(refusal(house.connect(house.issue(node)), node, null).getCode())
        .as("of the CA and for the node, but not bound")
        .isEqualTo(Refusal.Code.BAD_CREDENTIALS);
    assertThat(refusal(house.connect(bound), other, null).getCode())
        .as("bound to another node")
        .isEqualTo(Refusal.Code.BAD_CREDENTIALS);
    Agent agent = house.connect(bound);
    agent.logon(node, null);
    assertThat(agent.stream().next().hasWelcome()).isTrue();
    assertThat(agent.stream().next().getLogonResult().hasAccepted()).isTrue();
  }

  @Test
  void refusesASuspendedNode() {
    NodeId node = house.createNode();
    house.suspend(node);

    assertThat(refusal(house.connect(), node, SessionHouse.PASSWORD).getCode())
        .isEqualTo(Refusal.Code.SUSPENDED);
  }

  @Test
  void comesBackWithItsTicketWithoutItsPassword() {
    NodeId node = house.createNode();
    VpnId vpn = house.createVpn(node);
    Agent before = house.connect();
    before.link(node);
    ByteString ticket = before.stream().nextTicket();

    Agent after =
        house.connect(
            null,
            (claimed, password, certificate, origin) -> {
              throw new AssertionError("nobody verifies credentials");
            });
    after.say(AgentFrames.hello(1, 1));
    after.say(AgentFrames.resumption(node, ticket));

    assertThat(after.stream().next().hasWelcome()).isTrue();
    var accepted = after.stream().next().getLogonResult().getAccepted();
    assertThat(accepted.getVpnIdsList()).containsExactly(vpn.toString());
    assertThat(after.stream().next().getSnapshot().getVpnId()).isEqualTo(vpn.toString());
    assertThat(after.stream().next().hasSynchronized()).isTrue();
    house.awaitOwner(node, accepted.getSessionId());
    assertThat(before.stream().nextCue().getKind()).isEqualTo(Cue.Kind.DISPLACED);
  }

  /** Its ticket is of the time before; it was out of reach when it was removed. */
  @Test
  void whoComesBackAfterItsRemovalIsToldThatItHasLeft() {
    NodeId node = house.createNode();
    VpnId vpn = house.createVpn(node);
    Agent before = house.connect();
    before.link(node);
    ByteString ticket = before.stream().nextTicket();
    house.remove(vpn, node);

    Agent after = house.connect();
    after.say(AgentFrames.hello(1, 1));
    after.say(AgentFrames.resumption(node, ticket));

    assertThat(after.stream().next().hasWelcome()).isTrue();
    assertThat(after.stream().next().getLogonResult().getAccepted().getVpnIdsList())
        .containsExactly(vpn.toString());
    assertThat(
            Stream.generate(after.stream()::next)
                .filter(ServerFrame::hasLeft)
                .findFirst()
                .orElseThrow()
                .getLeft()
                .getVpnId())
        .isEqualTo(vpn.toString());
  }

  @Test
  void whoIsNotLinkedYetIsNotToldToMove() {
    Agent agent = house.connect();
    agent.say(AgentFrames.hello(1, 1));
    assertThat(agent.stream().next().hasWelcome()).isTrue();
    agent.session().tell(new AgentSession.Move(100));
    NodeId node = house.createNode();
    agent.say(AgentFrames.logon(node, SessionHouse.PASSWORD));
    assertThat(agent.stream().next().getLogonResult().hasAccepted()).isTrue();
    assertThat(agent.stream().next().hasSynchronized()).isTrue();

    agent.session().tell(new AgentSession.Move(100));

    assertThat(agent.stream().next().getCue().getDelayMs()).isEqualTo(100);
  }

  @Test
  void theLogonIsOverWhenTheAgentIsLinked() {
    Agent agent = house.connect();
    agent.say(AgentFrames.hello(1, 1));
    assertThat(agent.stream().next().hasWelcome()).isTrue();
    assertThat(agent.stream().isLogonOver()).isFalse();

    agent.say(AgentFrames.logon(house.createNode(), SessionHouse.PASSWORD));

    assertThat(agent.stream().next().getLogonResult().hasAccepted()).isTrue();
    assertThat(agent.stream().next().hasSynchronized()).isTrue();
    // A frame that follows shows that the session has gone on.
    agent.session().tell(new AgentSession.Move(100));
    assertThat(agent.stream().next().hasCue()).isTrue();
    assertThat(agent.stream().isLogonOver()).isTrue();
  }

  @Test
  void aSuspendedNodeDoesNotStayWithItsTicket() {
    NodeId node = house.createNode();
    Agent before = house.connect();
    before.link(node);
    ByteString ticket = before.stream().nextTicket();
    house.suspend(node);

    Agent after = house.connect();
    after.say(AgentFrames.hello(1, 1));
    after.say(AgentFrames.resumption(node, ticket));

    assertThat(after.stream().nextCue().getKind()).isEqualTo(Cue.Kind.REVOKED);
    after.stream().end();
  }

  @Test
  void refusesALogonAboveTheRateAndSaysWhenItIsItsTurn() {
    house.limitLogons(1);
    try {
      house.connect().link(house.createNode());

      Refusal refused = refusal(house.connect(), house.createNode(), SessionHouse.PASSWORD);

      assertThat(refused.getCode()).isEqualTo(Refusal.Code.BUSY);
      assertThat(refused.getRetryAfterMs()).isBetween(1, 2_300);
    } finally {
      house.limitLogons(1_000);
    }
  }

  /** An administrator may be faster than the claim that follows a decision. */
  @Test
  void refusesANodeThatWasAcceptedButIsNotThereToBeClaimed() {
    NodeId suspended = house.createNode();
    house.suspend(suspended);
    NodeAuthenticator accepting =
        (node, password, certificate, origin) ->
            CompletableFuture.completedStage(new NodeAuthenticator.Decision.Accepted(node));

    assertThat(refusal(house.connect(null, accepting), suspended, null).getCode())
        .isEqualTo(Refusal.Code.SUSPENDED);
    assertThat(refusal(house.connect(null, accepting), house.house.unknownNode(), null).getCode())
        .isEqualTo(Refusal.Code.BAD_CREDENTIALS);
  }

  @Test
  void refusesAnotherVersion() {
    Agent agent = house.connect();

    agent.say(AgentFrames.hello(2, 3));

    assertThat(agent.stream().next().getLogonResult().getRefused().getCode())
        .isEqualTo(Refusal.Code.VERSION);
    assertThat(agent.stream().end().kind()).isEqualTo(Kind.COMPLETED);
  }

  // ---- ownership ----

  /** The clock of the second server may be behind: what counts is who comes later. */
  @ParameterizedTest
  @ValueSource(ints = {60, 0, -60})
  void theSecondSessionOfANodeDisplacesTheFirst(int secondsLater) {
    NodeId node = house.createNode();
    Agent first = house.connect();
    first.link(node);

    house.house.pass(Duration.ofSeconds(secondsLater));
    String second = house.connect().link(node).get(1).getLogonResult().getAccepted().getSessionId();

    assertThat(first.stream().next().getCue().getKind()).isEqualTo(Cue.Kind.DISPLACED);
    assertThat(first.stream().end().kind()).isEqualTo(Kind.COMPLETED);
    house.awaitOwner(node, second);
  }

  @Test
  void aNodeThatIsSuspendedWhileLinkedIsRevoked() {
    NodeId node = house.createNode();
    Agent agent = house.connect();
    agent.link(node);

    house.suspend(node);

    assertThat(agent.stream().next().getCue().getKind()).isEqualTo(Cue.Kind.REVOKED);
    assertThat(agent.stream().end().kind()).isEqualTo(Kind.COMPLETED);
  }

  @Test
  void releasesTheClaimWhenTheStreamEnds() {
    NodeId node = house.createNode();
    Agent agent = house.connect();
    agent.link(node);

    agent.session().tell(AgentSession.StreamEnded.INSTANCE);

    house.awaitOwner(node, null);
    assertThat(agent.stream().end().kind()).isEqualTo(Kind.COMPLETED);
  }

  // ---- views ----

  @Test
  void answersAResyncWithASnapshot() {
    NodeId node = house.createNode();
    VpnId vpn = house.createVpn(node);
    Agent agent = house.connect();
    Snapshot first = agent.link(node).get(2).getSnapshot();

    agent.say(AgentFrames.resync("acme/of-somebody-else"));
    agent.say(AgentFrames.resync(vpn.toString()));

    Snapshot second = agent.stream().next().getSnapshot();
    assertThat(second.getVpnId()).isEqualTo(vpn.toString());
    assertThat(second.getFeedIncarnation()).isEqualTo(first.getFeedIncarnation());
    assertThat(second.getSelf()).isEqualTo(first.getSelf());
    assertThat(agent.stream().waiting()).as("nothing for a VPN that is not the agent's").isZero();
  }

  @Test
  void joinsAndLeavesVpnsWithItsNode() {
    NodeId node = house.createNode();
    Agent agent = house.connect();
    assertThat(agent.link(node)).noneMatch(ServerFrame::hasSnapshot);

    VpnId vpn = house.createVpn(node);
    assertThat(agent.stream().next().getSnapshot().getVpnId()).isEqualTo(vpn.toString());
    house.remove(vpn, node);

    assertThat(agent.stream().next().getLeft().getVpnId()).isEqualTo(vpn.toString());
  }

  @Test
  void aStreamThatIsNotReadyGetsOneSnapshotWhenItIs() {
    NodeId node = house.createNode();
    NodeId peer = house.createNode();
    VpnId vpn = house.createVpn(node, peer);
    Agent agent = house.connect();
    agent.link(node);

    agent.stream().setReady(false);
    Agent other = house.connect();
    other.link(peer);
    other.say(AgentFrames.changed(AgentFrames.attributes(4600).build()));
    awaitPort(other.stream(), peer, 4600);
    // The feed has told both when it answers; the cue comes behind that.
    assertThat(house.online(vpn)).hasSize(2);
    agent.session().tell(new AgentSession.Drain(0));
    assertThat(agent.stream().next().hasCue()).isTrue();
    agent.stream().setReady(true);
    agent.session().tell(AgentSession.StreamReady.INSTANCE);

    ServerFrame frame = agent.stream().next();
    assertThat(frame.hasSnapshot()).isTrue();
    assertThat(shows(frame.getSnapshot().getPeersList(), peer, 4600)).isTrue();
    assertThat(agent.stream().waiting()).isZero();
  }

  private static void awaitPort(RecordingStream stream, NodeId node, int port) {
    ServerFrame frame;
    do {
      frame = stream.next();
    } while (!shows(frame.getUpdate().getChangedList(), node, port));
  }

  private static boolean shows(List<PeerView> views, NodeId node, int port) {
    return views.stream()
        .filter(view -> view.getMembership().getNodeId().equals(node.toString()))
        .flatMap(view -> view.getCandidatesList().stream())
        .anyMatch(candidate -> candidate.getPort() == port);
  }

  @Test
  void aNodeIsOnlineUntilItsAgentLogsOff() {
    NodeId node = house.createNode();
    NodeId peer = house.createNode();
    VpnId vpn = house.createVpn(node, peer);
    house.connect().link(peer);
    Agent agent = house.connect();
    agent.link(node);
    assertThat(house.online(vpn)).containsExactlyInAnyOrder(node, peer);

    agent.say(AgentFrames.logoff());
    assertThat(agent.stream().end().kind()).isEqualTo(Kind.COMPLETED);
    house.awaitOwner(node, null);

    house.awaitOnline(vpn, peer);
  }

  // ---- attributes ----

  static Stream<Attributes> bad() {
    Attributes.Builder crowd = AgentFrames.attributes(4500);
    for (int i = 0; i < 16; i++) {
      crowd.addLocalEndpoints(
          Endpoint.newBuilder().setAddress(ByteString.copyFrom(new byte[16])).setPort(1));
    }
    return Stream.of(
        AgentFrames.attributes(4500).clearX25519PublicKey().build(),
        AgentFrames.attributes(4500).setHostName("a".repeat(256)).build(),
        AgentFrames.attributes(4500).putSpiTags("acme/office", 128).build(),
        crowd.build(),
        Attributes.getDefaultInstance());
  }

  @ParameterizedTest
  @MethodSource("bad")
  void refusesALogonWithBadAttributes(Attributes attributes) {
    NodeId node = house.createNode();
    Agent agent = house.connect();
    agent.say(AgentFrames.hello(1, 1));

    agent.say(AgentFrames.logon(node, SessionHouse.PASSWORD, attributes));

    assertThat(agent.stream().next().hasWelcome()).isTrue();
    assertThat(agent.stream().next().getLogonResult().getRefused().getCode())
        .isEqualTo(Refusal.Code.BAD_REQUEST);
    house.awaitOwner(node, null);
  }

  @ParameterizedTest
  @MethodSource("bad")
  void endsALinkWhoseAttributesTurnBad(Attributes attributes) {
    NodeId node = house.createNode();
    Agent agent = house.connect();
    agent.link(node);

    agent.say(AgentFrames.changed(attributes));

    assertThat(agent.stream().end().kind()).isEqualTo(Kind.FAILED);
    house.awaitOwner(node, null);
  }

  // ---- frames ----

  static Stream<AgentFrame> early() {
    NodeId node = NodeId.parse("acme/any");
    return Stream.of(
        AgentFrames.logon(node, "any"),
        AgentFrames.resync("acme/any"),
        AgentFrames.pull(),
        AgentFrames.applied(VpnId.parse("acme/any"), 1, 1),
        AgentFrames.changed(AgentFrames.attributes(4500).build()));
  }

  @ParameterizedTest
  @MethodSource("early")
  void endsAStreamThatDoesNotBeginWithHello(AgentFrame frame) {
    Agent agent = house.connect();

    agent.say(frame);

    End end = agent.stream().end();
    assertThat(end.kind()).isEqualTo(Kind.FAILED);
    assertThat(end.reason()).endsWith("does not fit the state CONNECTED");
  }

  @Test
  void endsAStreamOfBytesThatAreNoFrame() {
    Agent agent = house.connect();

    agent.session().tell(AgentSession.Malformed.INSTANCE);

    assertThat(agent.stream().end()).isEqualTo(new End(Kind.FAILED, "a frame is no AgentFrame"));
  }

  @Test
  void takesOneFrameAfterTheOther() {
    Agent agent = house.connect();
    agent.link(house.createNode());

    agent.say(AgentFrame.getDefaultInstance());
    agent.session().tell(new AgentSession.Drain(0));

    assertThat(agent.stream().next().hasCue()).isTrue();
    assertThat(agent.stream().requests()).as("hello, logon, unknown").isEqualTo(3);
  }

  // ---- the server ----

  @Test
  void tellsTheAgentToMoveAndStaysUntilItGoes() {
    NodeId node = house.createNode();
    Agent agent = house.connect();
    String session = agent.link(node).get(1).getLogonResult().getAccepted().getSessionId();

    agent.session().tell(new AgentSession.Drain(1_234));

    Cue cue = agent.stream().next().getCue();
    assertThat(cue.getKind()).isEqualTo(Cue.Kind.DRAIN);
    assertThat(cue.getDelayMs()).isEqualTo(1_234);
    assertThat(agent.stream().hasEnded()).isFalse();
    house.awaitOwner(node, session);
  }

  @Test
  void endsWithTheServer() {
    NodeId node = house.createNode();
    Agent agent = house.connect();
    agent.link(node);

    agent.session().tell(AgentSession.ServerStops.INSTANCE);

    assertThat(agent.stream().end()).isEqualTo(new End(Kind.UNAVAILABLE, "the server is stopping"));
    house.awaitOwner(node, null);
  }

  private static Refusal refusal(Agent agent, NodeId node, @Nullable String password) {
    agent.logon(node, password);
    assertThat(agent.stream().next().hasWelcome()).isTrue();
    ServerFrame result = agent.stream().next();
    assertThat(result.getLogonResult().hasRefused()).as(result.toString()).isTrue();
    assertThat(agent.stream().end().kind()).isEqualTo(Kind.COMPLETED);
    return result.getLogonResult().getRefused();
  }
}
