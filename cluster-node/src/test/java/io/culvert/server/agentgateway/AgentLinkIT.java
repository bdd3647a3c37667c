package io.culvert.server.agentgateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import io.culvert.protocol.v1.Hello;
import io.culvert.protocol.v1.PasswordCredential;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.Refusal;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.server.feed.NaiveView;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents over real TLS at one real server. */
class AgentLinkIT {
  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir static Path directory;
  private static LinkServer server;
  private final List<RawAgent> agents = new ArrayList<>();

  @BeforeAll
  static void start() {
    server = LinkServer.found(directory, Duration.ofSeconds(2));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void disconnect() {
    agents.forEach(RawAgent::close);
  }

  @Test
  void speaksInTheOrderOfFigure2() {
    String vpn = vpn(Topology.FULL_MESH, 2);

    List<ServerFrame> frames = connect().link(member(vpn, 0));

    assertThat(frames)
        .extracting(ServerFrame::getFrameCase)
        .containsExactly(
            ServerFrame.FrameCase.WELCOME,
            ServerFrame.FrameCase.LOGON_RESULT,
            ServerFrame.FrameCase.SNAPSHOT,
            ServerFrame.FrameCase.SYNCHRONIZED);
    assertThat(frames.getFirst().getWelcome().getObserved().getAddress())
        .isEqualTo(ByteString.copyFrom(new byte[] {127, 0, 0, 1}));
    assertThat(frames.get(1).getLogonResult().getAccepted().getVpnIdsList()).containsExactly(vpn);
    assertThat(frames.get(2).getSnapshot().getSelf().getNodeId()).isEqualTo(member(vpn, 0));
  }

  @Test
  void bothEndsOfAPairGetOneSecretAndEachOthersPlace() {
    String vpn = vpn(Topology.FULL_MESH, 2);
    RawAgent first = connect();
    NaiveView firstView = first.linkToOneVpn(member(vpn, 0));
    NaiveView secondView = connect().linkToOneVpn(member(vpn, 1));
    first.follow(firstView, view -> peer(view, vpn, 1).getOnline());

    assertThat(firstView.secret(member(vpn, 1)).getSecret())
        .hasSize(32)
        .isEqualTo(secondView.secret(member(vpn, 0)).getSecret());
    PeerView seen = peer(secondView, vpn, 0);
    assertThat(seen.getOnline()).isTrue();
    assertThat(seen.getBehindNat()).isTrue();
    assertThat(seen.getCandidatesList())
        .extracting(candidate -> candidate.getAddress().byteAt(0))
        .containsExactly((byte) 10, (byte) 127);
  }

  @Test
  void aChangeReachesAllAndIsAcknowledged() {
    String vpn = vpn(Topology.FULL_MESH, 3);
    RawAgent agent = connect();
    NaiveView view = agent.linkToOneVpn(member(vpn, 0));

    long revision = server.renewSecret(vpn);
    agent.follow(view, seen -> seen.revision() == revision);
    agent.applied(vpn, view);

    assertThat(view.vpn().getEpoch()).isEqualTo(2);
    assertThat(view.secret(member(vpn, 1)).getEpoch()).isEqualTo(2);
    Await.until(
        "the server knows what the agent has applied",
        () -> server.applied(vpn, member(vpn, 0)).appliedRevision() == revision);
  }

  @Test
  void anAgentCannotAcknowledgeWhatItWasNeverSent() {
    String vpn = vpn(Topology.FULL_MESH, 1);
    RawAgent agent = connect();
    NaiveView view = agent.linkToOneVpn(member(vpn, 0));
    agent.send(
        AgentFrame.newBuilder()
            .setApplied(
                io.culvert.protocol.v1.Applied.newBuilder()
                    .setVpnId(vpn)
                    .setFeedIncarnation(view.incarnation())
                    .setRevision(Long.MAX_VALUE)));
    agent.resync(vpn);
    assertThat(agent.next().hasSnapshot()).isTrue();

    assertThat(server.applied(vpn, member(vpn, 0)).appliedRevision()).isEqualTo(view.revision());
  }

  @Test
  void aRemovedNodeIsToldAndItsPeersForgetIt() {
    String vpn = vpn(Topology.FULL_MESH, 2);
    RawAgent stays = connect();
    NaiveView view = stays.linkToOneVpn(member(vpn, 0));
    RawAgent goes = connect();
    NaiveView gone = goes.linkToOneVpn(member(vpn, 1));

    long revision = server.remove(vpn, member(vpn, 1));

    goes.follow(gone, seen -> !seen.isValid());
    stays.follow(view, seen -> seen.revision() == revision);
    assertThat(view.peers()).doesNotContainKey(member(vpn, 1));
  }

  @Test
  void aNodeThatIsAdmittedWhileLinkedGetsTheViewByItself() {
    String vpn = vpn(Topology.FULL_MESH, 1);
    String node = node();
    RawAgent agent = connect();
    assertThat(agent.link(node)).noneMatch(ServerFrame::hasSnapshot);
    NaiveView view = new NaiveView();

    server.admit(vpn, node, Role.SPOKE);
    agent.follow(view, NaiveView::isValid);
    server.remove(vpn, node);
    agent.follow(view, seen -> !seen.isValid());
    server.admit(vpn, node, Role.SPOKE);
    agent.follow(view, NaiveView::isValid);

    assertThat(view.self().getNodeId()).isEqualTo(node);
  }

  @Test
  void spokesSeeHubsOnly() {
    String vpn = vpn(Topology.HUB_AND_SPOKE, 3);

    assertThat(connect().linkToOneVpn(member(vpn, 1)).peers()).containsOnlyKeys(member(vpn, 0));
    assertThat(connect().linkToOneVpn(member(vpn, 0)).peers()).hasSize(3);
  }

  @Test
  void aPeerIsOnlineFromItsLogonToItsLogoff() {
    String vpn = vpn(Topology.FULL_MESH, 2);
    RawAgent watcher = connect();
    NaiveView view = watcher.linkToOneVpn(member(vpn, 0));
    RawAgent peer = connect();
    peer.link(member(vpn, 1));
    watcher.follow(view, seen -> peer(seen, vpn, 1).getOnline());

    peer.attributes(RawAgent.attributes(member(vpn, 1), 4600));
    watcher.follow(view, seen -> peer(seen, vpn, 1).getCandidates(0).getPort() == 4600);
    peer.logoff();
    watcher.follow(view, seen -> !peer(seen, vpn, 1).getOnline());

    assertThat(peer.end().getCode()).isEqualTo(Status.Code.OK);
    assertThat(peer(view, vpn, 1).getPresenceUnknown()).isFalse();
  }

  @Test
  void aBrokenSessionStaysOnlineForTheGracePeriod() {
    String vpn = vpn(Topology.FULL_MESH, 2);
    RawAgent watcher = connect();
    NaiveView view = watcher.linkToOneVpn(member(vpn, 0));
    RawAgent peer = connect();
    peer.link(member(vpn, 1));
    watcher.follow(view, seen -> peer(seen, vpn, 1).getOnline());

    long before = System.nanoTime();
    peer.close();
    watcher.follow(view, seen -> !peer(seen, vpn, 1).getOnline());

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void theSecondLogonOfANodeDisplacesTheFirst() {
    String vpn = vpn(Topology.FULL_MESH, 2);
    RawAgent watcher = connect();
    NaiveView view = watcher.linkToOneVpn(member(vpn, 0));
    RawAgent first = connect();
    first.link(member(vpn, 1));
    watcher.follow(view, seen -> peer(seen, vpn, 1).getOnline());

    RawAgent second = connect();
    second.link(member(vpn, 1));

    assertThat(first.nextCue().getKind()).isEqualTo(Cue.Kind.DISPLACED);
    assertThat(first.end().getCode()).isEqualTo(Status.Code.OK);
    second.logoff();
    watcher.follow(view, seen -> !peer(seen, vpn, 1).getOnline());
  }

  @Test
  void aSuspendedNodeIsRevokedAndRefused() {
    String vpn = vpn(Topology.FULL_MESH, 1);
    RawAgent agent = connect();
    agent.link(member(vpn, 0));

    server.suspendNode(member(vpn, 0));

    assertThat(agent.nextCue().getKind()).isEqualTo(Cue.Kind.REVOKED);
    assertThat(refusal(member(vpn, 0), LinkServer.PASSWORD).getCode())
        .isEqualTo(Refusal.Code.SUSPENDED);
  }

  @Test
  void doesNotTellAWrongPasswordFromANodeThatDoesNotExist() {
    String node = node();

    Refusal wrongPassword = refusal(node, "wrong");

    assertThat(wrongPassword.getCode()).isEqualTo(Refusal.Code.BAD_CREDENTIALS);
    assertThat(refusal("acme/nobody", "wrong")).isEqualTo(wrongPassword);
    assertThat(refusal(node, null)).as("neither certificate nor password").isEqualTo(wrongPassword);
  }

  @Test
  void anEnrolledCertificateIsACredentialOfItsNodeOnly() throws Exception {
    String node = node();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    EnrollReply reply = RawAgent.enrol(server, enrolment(node, pair));
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(
                        reply.getEnrolled().getNodeCertificate().toByteArray()));

    RawAgent agent = own(RawAgent.connect(server, pair.getPrivate(), certificate));
    agent.hello();
    agent.logon(node, null);
    assertThat(agent.next().hasWelcome()).isTrue();
    assertThat(agent.next().getLogonResult().hasAccepted()).isTrue();
    RawAgent impostor = own(RawAgent.connect(server, pair.getPrivate(), certificate));
    impostor.hello();
    impostor.logon(node(), null);
    assertThat(impostor.next().hasWelcome()).isTrue();
    assertThat(impostor.next().getLogonResult().getRefused().getCode())
        .isEqualTo(Refusal.Code.BAD_CREDENTIALS);
  }

  @Test
  void refusesAnotherVersion() {
    RawAgent agent = connect();
    agent.send(
        AgentFrame.newBuilder().setHello(Hello.newBuilder().setMinVersion(2).setMaxVersion(-1)));

    assertThat(agent.next().getLogonResult().getRefused().getCode())
        .isEqualTo(Refusal.Code.VERSION);
    assertThat(agent.end().getCode()).isEqualTo(Status.Code.OK);
  }

  @Test
  void endsAStreamWhoseFramesAreOutOfState() {
    RawAgent early = connect();
    early.logon(node(), LinkServer.PASSWORD);
    assertEnds(early, "Logon does not fit");
    RawAgent twice = connect();
    twice.hello();
    twice.hello();
    assertEnds(twice, "Hello does not fit");
    RawAgent eager = connect();
    eager.resync("acme/office");
    assertEnds(eager, "Resync does not fit");
    assertThat(server.meters.counter("culvert.link.violations", "reason", "OUT_OF_STATE").count())
        .isGreaterThanOrEqualTo(3);
  }

  @Test
  void endsAStreamOfBytesThatAreNoFrame() {
    RawAgent agent = connect();
    byte[] garbage = new byte[100];
    Arrays.fill(garbage, (byte) 0xFF);
    agent.sendBytes(garbage);

    assertEnds(agent, "no AgentFrame");
    assertThat(server.meters.counter("culvert.link.violations", "reason", "MALFORMED").count())
        .isPositive();
  }

  @Test
  void passesOverFramesOfAKindItDoesNotKnow() {
    RawAgent agent = connect();
    // Field 99, a message of no bytes.
    agent.sendBytes(new byte[] {(byte) 0x9A, 0x06, 0});
    agent.hello();

    assertThat(agent.next().hasWelcome()).isTrue();
  }

  @Test
  void refusesAFrameThatIsTooLarge() {
    RawAgent agent = connect();
    agent.sendBytes(new byte[64 * 1024 + 1]);

    assertThat(agent.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(connect().link(node())).isNotEmpty();
  }

  @Test
  void endsAStreamWhoseAttributesBreakTheRules() {
    RawAgent agent = connect();
    agent.link(node());
    agent.attributes(Attributes.getDefaultInstance());

    assertEnds(agent, "x25519_public_key");
  }

  @Test
  void aLostFrameCostsASnapshotAndNothingElse() {
    String vpn = vpn(Topology.FULL_MESH, 2);
    RawAgent agent = connect();
    NaiveView view = agent.linkToOneVpn(member(vpn, 0));
    server.renewSecret(vpn);
    assertThat(agent.next().hasUpdate()).as("the frame that is lost").isTrue();
    long revision = server.renewSecret(vpn);

    assertThat(view.apply(agent.next())).isFalse();
    agent.resync(vpn);
    agent.follow(view, NaiveView::isValid);

    assertThat(view.revision()).isEqualTo(revision);
    assertThat(view.vpn().getEpoch()).isEqualTo(3);
  }

  @Test
  void whatASlowReaderMissesComesAsOneSnapshot() {
    String vpn = vpn(Topology.FULL_MESH, 3);
    RawAgent slow = own(RawAgent.connectSlow(server));
    slow.hello();
    slow.logon(member(vpn, 0), LinkServer.PASSWORD);
    assertThat(slow.next().hasWelcome()).isTrue();
    assertThat(slow.next().getLogonResult().hasAccepted()).isTrue();
    RawAgent watcher = connect();
    NaiveView watched = watcher.linkToOneVpn(member(vpn, 2));
    RawAgent busy = connect();
    busy.link(member(vpn, 1));
    int changes = 3_000;
    for (int i = 1; i <= changes; i++) {
      busy.attributes(
          RawAgent.attributes(member(vpn, 1), i).toBuilder().setHostName("h".repeat(200)).build());
      int port = i;
      watcher.follow(
          watched,
          seen ->
              peer(seen, vpn, 1).getOnline()
                  && peer(seen, vpn, 1).getCandidates(0).getPort() == port);
    }

    NaiveView view = new NaiveView();
    int frames = 0;
    int snapshots = 0;
    while (!view.isValid() || !peer(view, vpn, 1).equals(peer(watched, vpn, 1))) {
      slow.request(1);
      ServerFrame frame = slow.next();
      if (!frame.hasSynchronized()) {
        assertThat(view.apply(frame)).as("each frame follows the one before").isTrue();
        frames++;
        snapshots += frame.hasSnapshot() ? 1 : 0;
      }
    }

    System.out.printf(
        "slow reader: %d changes came as %d frames, %d of them snapshots%n",
        changes, frames, snapshots);
    assertThat(frames).isLessThan(changes / 2);
    assertThat(snapshots).isBetween(2, 20);
  }

  @Test
  void aChangeIsAppliedByThreeAgentsInTime() {
    String vpn = vpn(Topology.FULL_MESH, 3);
    List<RawAgent> three = List.of(connect(), connect(), connect());
    List<NaiveView> views = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      views.add(three.get(i).linkToOneVpn(member(vpn, i)));
    }
    String extra = node();
    int warmUp = 50;
    int rounds = 300;
    long[] nanos = new long[rounds];
    for (int round = -warmUp; round < rounds; round++) {
      long before = System.nanoTime();
      long revision =
          round % 2 == 0 ? server.admit(vpn, extra, Role.SPOKE) : server.remove(vpn, extra);
      for (int i = 0; i < 3; i++) {
        three.get(i).follow(views.get(i), seen -> seen.revision() >= revision);
      }
      if (round >= 0) {
        nanos[round] = System.nanoTime() - before;
      }
    }

    Arrays.sort(nanos);
    double p99Millis = nanos[rounds * 99 / 100] / 1e6;
    System.out.printf(
        "command sent to revision at the last of three agents: p50 %.1f ms, p99 %.1f ms%n",
        nanos[rounds / 2] / 1e6, p99Millis);
    assertThat(p99Millis).isLessThan(500);
  }

  // ---- the house ----

  private RawAgent connect() {
    return own(RawAgent.connect(server));
  }

  private RawAgent own(RawAgent agent) {
    agents.add(agent);
    return agent;
  }

  private static void assertEnds(RawAgent agent, String because) {
    assertThat(agent.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(agent.end().getDescription()).contains(because);
  }

  private Refusal refusal(String node, @org.jspecify.annotations.Nullable String password) {
    RawAgent agent = connect();
    agent.hello();
    agent.logon(node, password);
    assertThat(agent.next().hasWelcome()).isTrue();
    Refusal refusal = agent.next().getLogonResult().getRefused();
    assertThat(agent.end().getCode()).isEqualTo(Status.Code.OK);
    return refusal;
  }

  private static String node() {
    String node = "acme/x" + NAMES.incrementAndGet();
    server.createNode(node);
    return node;
  }

  /** A VPN of members 0, 1, ...; the first one is a hub. */
  private static String vpn(Topology topology, int members) {
    String vpn = "acme/v" + NAMES.incrementAndGet();
    server.createVpn(vpn, topology);
    for (int i = 0; i < members; i++) {
      server.createNode(member(vpn, i));
      server.admit(vpn, member(vpn, i), i == 0 ? Role.HUB : Role.SPOKE);
    }
    for (int i = 0; i < members; i++) {
      server.awaitMembership(vpn, member(vpn, i));
    }
    return vpn;
  }

  private static String member(String vpn, int i) {
    return "%s-n%d".formatted(vpn, i);
  }

  private static PeerView peer(NaiveView view, String vpn, int i) {
    return view.peers().getOrDefault(member(vpn, i), PeerView.getDefaultInstance());
  }

  private static EnrollRequest enrolment(String node, KeyPair pair) throws Exception {
    return EnrollRequest.newBuilder()
        .setNodeId(node)
        .setPassword(
            PasswordCredential.newBuilder()
                .setUserName(node.substring(node.indexOf('/') + 1))
                .setPassword(LinkServer.PASSWORD))
        .setCertificateRequest(
            ByteString.copyFrom(
                new JcaPKCS10CertificationRequestBuilder(
                        new X500Principal("CN=agent"), pair.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                    .getEncoded()))
        .build();
  }
}
