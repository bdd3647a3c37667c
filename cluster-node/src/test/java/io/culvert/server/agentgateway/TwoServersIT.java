package io.culvert.server.agentgateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.server.feed.NaiveView;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers in one cluster on loopback, with real remoting between them. */
class TwoServersIT {
  private static final String VPN = "acme/office";
  private static final String ALPHA = "acme/alpha";
  private static final String BETA = "acme/beta";
  private static final Duration GRACE = Duration.ofSeconds(3);

  @TempDir Path directory;

  @Test
  void agentsOfTwoServersSeeEachOtherUntilAServerIsGone() {
    try (LinkServer first = LinkServer.found(directory, GRACE);
        LinkServer second = first.join("server2");
        RawAgent alpha = RawAgent.connect(first);
        RawAgent beta = RawAgent.connect(second);
        RawAgent newBeta = RawAgent.connect(first)) {
      createHouse(first);
      NaiveView alphas = alpha.linkToOneVpn(ALPHA);
      NaiveView betas = beta.linkToOneVpn(BETA);

      // Presence crosses, both ways.
      alpha.follow(alphas, view -> peer(view, BETA).getOnline());
      beta.follow(betas, view -> peer(view, ALPHA).getOnline());
      assertThat(first.applied(VPN, BETA).server()).isEqualTo("server2");

      // A change reaches the agents of both servers, wherever the entity is.
      long revision = first.renewSecret(VPN);
      alpha.follow(alphas, view -> view.revision() == revision);
      beta.follow(betas, view -> view.revision() == revision);

      // What agents have applied is known at every server.
      beta.applied(VPN, betas);
      Await.until(
          "server1 knows what server2's agent has applied",
          () -> first.applied(VPN, BETA).appliedRevision() == revision);
      assertThat(second.applied(VPN, ALPHA).server()).isEqualTo("server1");

      // The newest logon wins across servers, and peers see no flap.
      newBeta.link(BETA);
      assertThat(beta.nextCue().getKind()).isEqualTo(Cue.Kind.DISPLACED);
      assertThat(beta.end().getCode()).isEqualTo(Status.Code.OK);
      try (RawAgent third = RawAgent.connect(second)) {
        third.link(BETA);
        long afterMove = first.renewSecret(VPN);
        alpha.follow(
            alphas,
            view -> {
              assertThat(peer(view, BETA).getOnline()).isTrue();
              return view.revision() == afterMove;
            });

        // A server that left keeps its nodes online for the grace period, and no longer.
        long before = System.nanoTime();
        Cluster.get(first.system)
            .manager()
            .tell(new Down(Cluster.get(second.system).selfMember().address()));
        alpha.follow(alphas, view -> !peer(view, BETA).getOnline());
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(GRACE);
      }
    }
  }

  @Test
  void aRestartedServerSaysUnknownBeforeItSaysOffline() {
    try (LinkServer server = LinkServer.found(directory, GRACE);
        RawAgent alpha = RawAgent.connect(server)) {
      createHouse(server);
      NaiveView alphas = alpha.linkToOneVpn(ALPHA);

      assertThat(peer(alphas, BETA).getPresenceUnknown()).isTrue();
      assertThat(peer(alphas, BETA).getOnline()).isFalse();
      alpha.follow(alphas, view -> !peer(view, BETA).getPresenceUnknown());

      assertThat(peer(alphas, BETA).getOnline()).isFalse();
    }
  }

  @Test
  void aServerThatDrainsTellsItsAgentsToMoveAndTakesNoOthers() {
    try (LinkServer server = LinkServer.found(directory, GRACE);
        RawAgent alpha = RawAgent.connect(server);
        RawAgent late = RawAgent.connect(server)) {
      createHouse(server);
      alpha.link(ALPHA);
      late.hello();
      assertThat(late.next().hasWelcome()).isTrue();
      var drained = server.gateway.drain(Duration.ofMillis(500));

      assertThat(alpha.nextCue().getKind()).isEqualTo(Cue.Kind.DRAIN);
      assertThat(late.next().getCue().getKind()).isEqualTo(Cue.Kind.DRAIN);
      try (RawAgent refused = RawAgent.connect(server)) {
        assertThat(refused.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      }
      alpha.logoff();
      late.logoff();
      LinkServer.await(drained);
    }
  }

  @Test
  void aServerWithTooManyAgentsTellsOnlySoManyToMoveAndKeepsThemUntilTheyDo() {
    try (LinkServer server = LinkServer.found(directory, GRACE);
        RawAgent alpha = RawAgent.connect(server);
        RawAgent beta = RawAgent.connect(server)) {
      createHouse(server);
      alpha.link(ALPHA);
      beta.link(BETA);

      server.gateway.move(1, Duration.ofMillis(500));

      long revision = server.renewSecret(VPN);
      List<Cue> cues = new ArrayList<>(cuesUntil(alpha, revision));
      cues.addAll(cuesUntil(beta, revision));
      assertThat(cues).hasSize(1);
      assertThat(cues.getFirst().getKind()).isEqualTo(Cue.Kind.DRAIN);
      assertThat(cues.getFirst().getMessage()).isEqualTo("another server has more room");
      assertThat(cues.getFirst().getDelayMs()).isBetween(0, 499);
      assertThat(alpha.hasEnded() || beta.hasEnded()).isFalse();
    }
  }

  private static List<Cue> cuesUntil(RawAgent agent, long revision) {
    List<Cue> cues = new ArrayList<>();
    ServerFrame frame;
    do {
      frame = agent.next();
      if (frame.hasCue()) {
        cues.add(frame.getCue());
      }
    } while (frame.getUpdate().getRevision() < revision);
    return cues;
  }

  @Test
  void aServerThatStopsEndsItsStreamsAtOnce() {
    LinkServer server = LinkServer.found(directory, GRACE);
    try (server;
        RawAgent alpha = RawAgent.connect(server)) {
      createHouse(server);
      alpha.link(ALPHA);

      server.gateway.close();

      assertThat(alpha.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  private static void createHouse(LinkServer server) {
    server.createVpn(VPN, Topology.FULL_MESH);
    for (String node : new String[] {ALPHA, BETA}) {
      server.createNode(node);
      server.admit(VPN, node, Role.SPOKE);
      server.awaitMembership(VPN, node);
    }
  }

  private static PeerView peer(NaiveView view, String node) {
    return view.peers().getOrDefault(node, PeerView.getDefaultInstance());
  }
}
