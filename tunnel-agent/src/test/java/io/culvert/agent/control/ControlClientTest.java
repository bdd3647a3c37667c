package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.agent.enrolment.NodeIdentity;
import io.culvert.agent.testnet.PacketRouter;
import io.culvert.agent.testserver.TestAuthority;
import io.culvert.agent.testserver.TestGateway;
import io.culvert.agent.testserver.TestGateway.Session;
import io.culvert.agent.view.Views;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.Applied;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Left;
import io.culvert.protocol.v1.LogonResult;
import io.culvert.protocol.v1.Membership;
import io.culvert.protocol.v1.PairSecret;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.Pulled;
import io.culvert.protocol.v1.Refusal;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Ticket;
import io.culvert.protocol.v1.Update;
import java.io.IOException;
import java.net.ServerSocket;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The control client with real TLS, gRPC and engines; the test is the server. */
class ControlClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final TestAuthority AUTHORITY = new TestAuthority("cluster");

  private final PacketRouter router = new PacketRouter(1);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private Duration pullInterval = Duration.ZERO;

  private final AgentListener listener =
      new AgentListener() {
        @Override
        public void onState(AgentState state) {
          told.add(state.toString());
        }

        @Override
        public void onSynchronized() {
          told.add("synchronized");
        }

        @Override
        public void onProblem(String message) {
          told.add("! " + message);
        }
      };

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable part : opened.reversed()) {
      part.close();
    }
  }

  private <T extends AutoCloseable> T own(T part) {
    opened.add(part);
    return part;
  }

  private TestGateway gateway() {
    return own(TestGateway.start(AUTHORITY));
  }

  private static NodeIdentity identity(TestAuthority signer, String nodeId, String... servers) {
    KeyPair pair = TestAuthority.keyPair();
    return new NodeIdentity(
        nodeId,
        List.of(servers),
        pair.getPrivate(),
        signer.node(pair.getPublic(), nodeId),
        AUTHORITY.certificate());
  }

  private ControlClient agent(MemoryDataPlane dataPlane, NodeIdentity identity) {
    ControlClient client =
        own(
            new ControlClient(
                identity, dataPlane, listener, InstantSource.system(), "test", pullInterval));
    client.start();
    return client;
  }

  private ControlClient agent(MemoryDataPlane dataPlane, String... servers) {
    return agent(dataPlane, identity(AUTHORITY, "acme/own", servers));
  }

  private MemoryDataPlane dataPlane(int number) {
    return own(new MemoryDataPlane(router, number));
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private void awaitTold(String text) {
    await(() -> told.stream().anyMatch(line -> line.contains(text)));
  }

  private static ServerFrame.Builder frame(Snapshot.Builder snapshot) {
    return ServerFrame.newBuilder().setSnapshot(snapshot);
  }

  private static ServerFrame.Builder update(long sequence) {
    return ServerFrame.newBuilder()
        .setUpdate(
            Update.newBuilder()
                .setVpnId("acme/vpn1")
                .setFeedIncarnation(9)
                .setSequence(sequence)
                .setRevision(sequence));
  }

  private static ServerFrame.Builder cue(Cue.Kind kind, int delayMillis) {
    return ServerFrame.newBuilder()
        .setCue(Cue.newBuilder().setKind(kind).setMessage("says " + kind).setDelayMs(delayMillis));
  }

  private static ServerFrame.Builder refused(Refusal.Code code, int retryMillis) {
    return ServerFrame.newBuilder()
        .setLogonResult(
            LogonResult.newBuilder()
                .setRefused(
                    Refusal.newBuilder()
                        .setCode(code)
                        .setMessage("no: " + code)
                        .setRetryAfterMs(retryMillis)));
  }

  /** Brings an agent to linked, with one VPN in which it is alone. */
  private static Session link(TestGateway gateway) throws InterruptedException {
    Session session = gateway.nextSession();
    session.accept("acme/vpn1");
    session.send(frame(Views.snapshot(1)));
    session.synchronizedNow();
    session.expect(AgentFrame::hasApplied);
    return session;
  }

  @Test
  void goesThroughTheStatesOfFigureTwo() throws InterruptedException {
    TestGateway gateway = gateway();
    ControlClient client = agent(dataPlane(1), gateway.address());
    link(gateway);
    await(() -> client.status().state() == AgentState.LINKED);
    assertThat(told)
        .containsExactly("connected", "authenticated", "synchronizing", "synchronized", "linked");
    assertThat(client.status().links()).isEqualTo(1);
    assertThat(client.status().lastError()).isEmpty();
  }

  @Test
  void saysWhoItIsAndWhereItCanBeReached() throws InterruptedException {
    TestGateway gateway = gateway();
    agent(dataPlane(1), gateway.address());
    var logon = gateway.nextSession().welcome();
    assertThat(logon.getNodeId()).isEqualTo("acme/own");
    assertThat(logon.hasPassword()).isFalse();
    assertThat(logon.getAttributes().getX25519PublicKey().size()).isEqualTo(32);
    assertThat(logon.getAttributes().getUdpPort()).isEqualTo(4500);
    assertThat(logon.getAttributes().getLocalEndpointsCount()).isEqualTo(1);
  }

  @Test
  void asksForChangesAtItsIntervalAndOnlyAfterTheLastAnswer() throws InterruptedException {
    pullInterval = Duration.ofMillis(50);
    TestGateway gateway = gateway();
    ControlClient client = agent(dataPlane(1), gateway.address());
    Session session = gateway.nextSession();
    assertThat(session.accept("acme/vpn1").getAttributes().getPullIntervalMs()).isEqualTo(50);
    session.send(frame(Views.snapshot(1)));
    session.synchronizedNow();

    session.expect(AgentFrame::hasPull);
    assertThat(client.status().pulledAt()).isNull();
    session.send(frame(Views.snapshot(1).setSequence(4).setRevision(17)));
    session.send(ServerFrame.newBuilder().setPulled(Pulled.getDefaultInstance()));

    session.expect(AgentFrame::hasPull);
    assertThat(client.status().pulledAt()).isNotNull();
    assertThat(client.status().replicas())
        .singleElement()
        .extracting(VpnReplica::revision)
        .isEqualTo(17L);
    session.send(ServerFrame.newBuilder().setPulled(Pulled.getDefaultInstance()));
    session.expect(AgentFrame::hasPull);
    assertThat(session.pending()).noneMatch(AgentFrame::hasPull);
  }

  @Test
  void announcesADistinctTagForEachOfItsVpns() throws InterruptedException {
    TestGateway gateway = gateway();
    agent(dataPlane(1), gateway.address());
    Session session = gateway.nextSession();
    session.accept("acme/vpn1", "acme/vpn2");
    Attributes attributes =
        session.expect(frame -> frame.getAttributes().getSpiTagsCount() == 2).getAttributes();
    assertThat(attributes.getSpiTagsMap().values())
        .doesNotHaveDuplicates()
        .allMatch(tag -> tag >= 1 && tag <= 127);
  }

  @Test
  void confirmsWhatTheInterfaceAndTheEngineHaveTaken() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    ControlClient client = agent(dataPlane, gateway.address());
    Session session = gateway.nextSession();
    session.accept("acme/vpn1");
    session.send(frame(Views.snapshot(1).setSequence(4).setRevision(17)));
    Applied applied = session.expect(AgentFrame::hasApplied).getApplied();
    assertThat(applied)
        .isEqualTo(
            Applied.newBuilder()
                .setVpnId("acme/vpn1")
                .setFeedIncarnation(9)
                .setSequence(4)
                .setRevision(17)
                .build());
    assertThat(dataPlane.addresses).hasSize(2);
    assertThat(dataPlane.routes).hasSize(2);
    await(() -> client.status().applied().containsKey("acme/vpn1"));
  }

  @Test
  void appliesUpdatesThatFollow() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    agent(dataPlane, gateway.address());
    Session session = link(gateway);
    ServerFrame.Builder update = update(2);
    update.getUpdateBuilder().addChanged(Views.offline(Views.member("acme/peer", 1, 2)));
    session.send(update);
    assertThat(session.expect(AgentFrame::hasApplied).getApplied().getSequence()).isEqualTo(2);
    assertThat(dataPlane.statistics().peers()).hasSize(1);
  }

  @Test
  void asksOnceForTheWholeViewAfterAGapAndAppliesNothingUntilItComes() throws InterruptedException {
    TestGateway gateway = gateway();
    ControlClient client = agent(dataPlane(1), gateway.address());
    Session session = link(gateway);
    session.send(update(3));
    session.send(update(4));
    session.send(update(5));
    assertThat(session.expect(AgentFrame::hasResync).getResync().getVpnId()).isEqualTo("acme/vpn1");
    session.send(frame(Views.snapshot(1).setSequence(5).setRevision(5)));
    assertThat(session.expect(f -> f.hasApplied() || f.hasResync()).getApplied().getSequence())
        .isEqualTo(5);
    session.send(update(6));
    assertThat(session.expect(AgentFrame::hasApplied).getApplied().getSequence()).isEqualTo(6);
    assertThat(client.status().state()).isEqualTo(AgentState.LINKED);
  }

  /** As from a server that was stopped, goes on, and does not know yet that it is behind. */
  @Test
  void keepsANewerViewUntilTheServerHasCaughtUp() throws InterruptedException {
    TestGateway gateway = gateway();
    ControlClient client = agent(dataPlane(1), gateway.address());
    Session session = link(gateway);
    session.send(frame(Views.snapshot(1).setSequence(5).setRevision(5)));
    assertThat(session.expect(AgentFrame::hasApplied).getApplied().getRevision()).isEqualTo(5);

    session.send(frame(Views.snapshot(1).setFeedIncarnation(10).setSequence(1).setRevision(3)));
    ServerFrame.Builder next = update(2);
    next.getUpdateBuilder().setFeedIncarnation(10).setRevision(4);
    session.send(next);

    assertThat(session.expect(f -> f.hasApplied() || f.hasResync()).hasResync()).isTrue();
    assertThat(client.status().replicas().getFirst().revision()).isEqualTo(5);
    session.send(frame(Views.snapshot(1).setFeedIncarnation(10).setSequence(3).setRevision(6)));
    assertThat(session.expect(f -> f.hasApplied() || f.hasResync()).getApplied().getRevision())
        .isEqualTo(6);
  }

  @Test
  void dropsAVpnThatItLeft() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    ControlClient client = agent(dataPlane, gateway.address());
    Session session = link(gateway);
    session.send(ServerFrame.newBuilder().setLeft(Left.newBuilder().setVpnId("acme/vpn1")));
    await(() -> client.status().replicas().isEmpty() && dataPlane.addresses.isEmpty());
    assertThat(dataPlane.routes).isEmpty();
    assertThat(client.status().applied()).isEmpty();
  }

  @Test
  void isInTwoVpnsAtOnce() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    ControlClient client = agent(dataPlane, gateway.address());
    Session session = gateway.nextSession();
    session.accept("acme/vpn1", "acme/vpn2");
    session.send(frame(Views.snapshot(1)));
    session.send(frame(Views.snapshot(2)));
    session.synchronizedNow();
    await(() -> client.status().state() == AgentState.LINKED);
    assertThat(dataPlane.addresses).hasSize(4);
    assertThat(dataPlane.routes).hasSize(4);
  }

  @Test
  void saysWhichVpnItCannotUseBecausePoolsOverlap() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    ControlClient client = agent(dataPlane, gateway.address());
    Session session = gateway.nextSession();
    session.accept("acme/vpn1", "acme/vpn2");
    session.send(frame(Views.snapshot(1)));
    session.send(frame(Views.snapshot(1).setVpnId("acme/vpn2")));
    session.synchronizedNow();
    await(() -> client.status().state() == AgentState.LINKED);
    awaitTold("acme/vpn2 is not used: its address pools overlap with those of acme/vpn1");
    assertThat(client.status().lastError()).contains("overlap");
    assertThat(dataPlane.routes).hasSize(2);
  }

  @Test
  void staysLinkedAndSaysSoWhenTheKernelRefusesARoute() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    dataPlane.refusal = "the route 10.1.0.0/16 exists already";
    ControlClient client = agent(dataPlane, gateway.address());
    link(gateway);
    await(() -> client.status().state() == AgentState.LINKED);
    assertThat(client.status().lastError()).isEqualTo("the route 10.1.0.0/16 exists already");
  }

  @Test
  void leavesAServerThatSendsAnInvalidView() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    agent(dataPlane, gateway.address());
    Session session = gateway.nextSession();
    session.accept("acme/vpn1");
    Membership broken =
        Views.member("acme/own", 1, 1).toBuilder()
            .setVirtualIpv4(ByteString.copyFrom(new byte[3]))
            .build();
    session.send(frame(Views.snapshot(1).setSelf(broken)));
    session.awaitEnd();
    awaitTold("sent a view of acme/vpn1 that is not valid");
    assertThat(dataPlane.addresses).isEmpty();
    link(gateway);
  }

  @Test
  void comesBackWhenTheServerComesBackAndKeepsItsViewsMeanwhile() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    ControlClient client = agent(dataPlane, gateway.address());
    Attributes first = gatewayAttributes(gateway);
    gateway.close();
    await(() -> client.status().state() == AgentState.OFFLINE);
    assertThat(client.status().replicas()).hasSize(1);
    assertThat(dataPlane.addresses).hasSize(2);
    assertThat(client.status().lastError()).isNotEmpty();
    TestGateway again = own(TestGateway.start(AUTHORITY, gateway.port()));
    Attributes second = gatewayAttributes(again);
    assertThat(second.getX25519PublicKey()).isEqualTo(first.getX25519PublicKey());
    await(() -> client.status().links() == 2);
  }

  @Test
  void comesBackWithTheLastTicketItWasGiven() throws InterruptedException {
    TestGateway gateway = gateway();
    agent(dataPlane(1), gateway.address());
    Session first = gateway.nextSession();
    assertThat(first.accept("acme/vpn1").getTicket().isEmpty()).isTrue();
    first.send(ticket("one"));
    first.send(ticket("two"));
    first.end();

    assertThat(gateway.nextSession().welcome().getTicket().toStringUtf8()).isEqualTo("two");
  }

  private static ServerFrame.Builder ticket(String text) {
    return ServerFrame.newBuilder()
        .setTicket(Ticket.newBuilder().setTicket(ByteString.copyFromUtf8(text)));
  }

  private static Attributes gatewayAttributes(TestGateway gateway) throws InterruptedException {
    Session session = gateway.nextSession();
    Attributes attributes = session.accept("acme/vpn1").getAttributes();
    session.send(frame(Views.snapshot(1)));
    session.synchronizedNow();
    session.expect(AgentFrame::hasApplied);
    return attributes;
  }

  @Test
  void findsTheServerThatLivesAmongDeadAddresses() throws InterruptedException, IOException {
    TestGateway gateway = gateway();
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0)) {
      closedPort = socket.getLocalPort();
    }
    ControlClient client =
        agent(
            dataPlane(1),
            "127.0.0.1:" + closedPort,
            "127.0.0.2:" + closedPort,
            "no-such-host.invalid:443",
            gateway.address());
    link(gateway);
    await(() -> client.status().state() == AgentState.LINKED);
    assertThat(client.status().server()).isEqualTo(gateway.address());
  }

  @Test
  void logsOnToNoServerOfAnotherCluster() throws InterruptedException {
    TestGateway impostor = own(TestGateway.start(new TestAuthority("other")));
    ControlClient client = agent(dataPlane(1), impostor.address());
    awaitTold("! " + impostor.address());
    assertThat(client.status().state()).isEqualTo(AgentState.OFFLINE);
    assertThat(impostor.pollSession(Duration.ZERO)).isNull();
  }

  @Test
  void waitsAsLongAsARefusalSays() throws InterruptedException {
    TestGateway gateway = gateway();
    ControlClient client = agent(dataPlane(1), gateway.address());
    Session session = gateway.nextSession();
    session.welcome();
    long refusedNanos = System.nanoTime();
    session.send(refused(Refusal.Code.BUSY, 700));
    link(gateway);
    assertThat(Duration.ofNanos(System.nanoTime() - refusedNanos))
        .isGreaterThanOrEqualTo(Duration.ofMillis(700));
    assertThat(told).anyMatch(line -> line.contains("refused the logon: no: BUSY"));
    await(() -> client.status().state() == AgentState.LINKED);
  }

  @Test
  void triesAnotherServerAtOnceWhenOneCannotAnswer() throws InterruptedException {
    TestGateway one = gateway();
    TestGateway two = gateway();
    agent(dataPlane(1), one.address(), two.address());
    Session first = one.pollSession(Duration.ofMillis(800));
    TestGateway other = first == null ? one : two;
    Session refusing = first == null ? two.nextSession() : first;
    refusing.welcome();
    long refusedNanos = System.nanoTime();
    refusing.send(refused(Refusal.Code.UNAVAILABLE, 30_000));
    link(other);
    assertThat(Duration.ofNanos(System.nanoTime() - refusedNanos))
        .isLessThan(Duration.ofSeconds(8));
  }

  @Test
  void takesItsTunnelsDownWhenTheNodeIsSuspended() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    ControlClient client = agent(dataPlane, gateway.address());
    link(gateway).end();
    Session session = gateway.nextSession();
    session.welcome();
    session.send(refused(Refusal.Code.SUSPENDED, 0));
    await(() -> client.status().replicas().isEmpty() && dataPlane.addresses.isEmpty());
    assertThat(client.status().lastError()).isEqualTo("no: SUSPENDED");
  }

  @Test
  void staysAwayOnceItWasDisplaced() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    ControlClient client = agent(dataPlane, gateway.address());
    Session session = link(gateway);
    session.send(cue(Cue.Kind.DISPLACED, 0));
    session.awaitEnd();
    await(() -> client.status().state() == AgentState.DISPLACED);
    await(() -> dataPlane.addresses.isEmpty());
    assertThat(client.status().lastError()).isEqualTo("says DISPLACED");
    assertThat(gateway.pollSession(Duration.ofSeconds(1))).isNull();
  }

  @Test
  void takesItsTunnelsDownWhenTheNodeIsRevoked() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    ControlClient client = agent(dataPlane, gateway.address());
    link(gateway).send(cue(Cue.Kind.REVOKED, 0));
    await(() -> client.status().state() == AgentState.REVOKED && dataPlane.routes.isEmpty());
    assertThat(client.status().replicas()).isEmpty();
  }

  @Test
  void movesAwayAfterTheTimeThatADrainingServerNames() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane dataPlane = dataPlane(1);
    agent(dataPlane, gateway.address());
    Session session = link(gateway);
    long cueNanos = System.nanoTime();
    session.send(cue(Cue.Kind.DRAIN, 400));
    session.awaitEnd();
    assertThat(Duration.ofNanos(System.nanoTime() - cueNanos))
        .isGreaterThanOrEqualTo(Duration.ofMillis(400));
    assertThat(dataPlane.addresses).hasSize(2);
    link(gateway);
  }

  @Test
  void ignoresFramesOfANewerServer() throws InterruptedException {
    TestGateway gateway = gateway();
    ControlClient client = agent(dataPlane(1), gateway.address());
    Session session = link(gateway);
    session.send(ServerFrame.newBuilder());
    session.send(cue(Cue.Kind.UPGRADE, 0));
    session.send(update(2));
    session.expect(AgentFrame::hasApplied);
    assertThat(client.status().state()).isEqualTo(AgentState.LINKED);
  }

  @Test
  void logsOffWhenItIsClosed() throws InterruptedException {
    TestGateway gateway = gateway();
    ControlClient client = agent(dataPlane(1), gateway.address());
    Session session = link(gateway);
    client.close();
    assertThat(session.expect(AgentFrame::hasLogoff).hasLogoff()).isTrue();
    assertThat(session.awaitEnd()).isEqualTo("completed");
    client.close();
  }

  @Test
  void carriesPacketsBetweenTwoAgentsAndGoesOnWhenTheServerIsGone() throws InterruptedException {
    TestGateway gateway = gateway();
    MemoryDataPlane left = dataPlane(1);
    MemoryDataPlane right = dataPlane(2);
    agent(left, identity(AUTHORITY, "acme/a", gateway.address()));
    Session toLeft = gateway.nextSession();
    Attributes leftSays = announced(toLeft);
    agent(right, identity(AUTHORITY, "acme/b", gateway.address()));
    Session toRight = gateway.nextSession();
    Attributes rightSays = announced(toRight);
    Membership a = Views.member("acme/a", 1, 1);
    Membership b = Views.member("acme/b", 1, 2);
    PairSecret secret = Views.secret("pair", 1);
    toLeft.send(introduce(a, b, rightSays, secret));
    toRight.send(introduce(b, a, leftSays, secret));
    toLeft.expect(AgentFrame::hasApplied);
    toRight.expect(AgentFrame::hasApplied);

    byte[] there = packet(a, b, 1);
    left.tun.inject(there);
    assertThat(right.tun.takePacket(PATIENCE)).isEqualTo(there);

    gateway.close();
    awaitTold("offline");
    byte[] back = packet(b, a, 2);
    right.tun.inject(back);
    assertThat(left.tun.takePacket(PATIENCE)).isEqualTo(back);
  }

  private static Attributes announced(Session session) throws InterruptedException {
    session.accept("acme/vpn1");
    return session.expect(frame -> frame.getAttributes().getSpiTagsCount() == 1).getAttributes();
  }

  private static ServerFrame.Builder introduce(
      Membership self, Membership peer, Attributes attributes, PairSecret secret) {
    return frame(
        Views.snapshot(1)
            .setSelf(self)
            .addPeers(
                PeerView.newBuilder()
                    .setMembership(peer)
                    .setOnline(true)
                    .setX25519PublicKey(attributes.getX25519PublicKey())
                    .addAllCandidates(attributes.getLocalEndpointsList())
                    .setSpiTag(attributes.getSpiTagsOrThrow("acme/vpn1")))
            .addPairSecrets(secret.toBuilder().setNodeId(peer.getNodeId())));
  }

  /** An IPv6 packet without a next header (RFC 8200, section 4.7). */
  private static byte[] packet(Membership from, Membership to, int payload) {
    byte[] packet = new byte[48];
    packet[0] = 0x60;
    packet[5] = 8;
    packet[6] = 59;
    packet[7] = 64;
    from.getVirtualIpv6().copyTo(packet, 8);
    to.getVirtualIpv6().copyTo(packet, 24);
    packet[47] = (byte) payload;
    return packet;
  }

  @Test
  void saysThatNoNameCanBeResolved() {
    ControlClient client = agent(dataPlane(1), "no-such-host.invalid:443");
    awaitTold("no server's name can be resolved");
    assertThat(client.status().state()).isEqualTo(AgentState.OFFLINE);
    assertThat(client.status().server()).isEmpty();
  }
}
