package io.culvert.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.server.session.SessionHouse.Agent;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions of agents that ask for changes, beside one of an agent to which they are pushed. */
class PullingSessionTest {
  @TempDir private Path directory;

  private SessionHouse house;

  @BeforeEach
  void open() {
    house = new SessionHouse(directory);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void hearsOfAllChangesAtOnceWhenItAsksAndOfNoneBefore() {
    NodeId node = house.createNode();
    NodeId peer = house.createNode();
    VpnId vpn = house.createVpn(node, peer);
    Agent pulling = house.connect();
    assertThat(pulling.linkToPull(node)).filteredOn(ServerFrame::hasSnapshot).hasSize(1);
    pulled(pulling);
    Agent pushed = house.connect();
    pushed.link(peer);

    tellPort(pushed, 4600);
    tellPort(pushed, 4700);
    assertNothingCame(pulling, vpn);

    pulling.say(AgentFrames.pull());
    Snapshot snapshot = pulling.stream().next().getSnapshot();
    assertThat(snapshot.getVpnId()).isEqualTo(vpn.toString());
    assertThat(snapshot.getSelf().getNodeId()).isEqualTo(node.toString());
    assertThat(snapshot.getPeersList()).anyMatch(view -> shows(view, peer, 4700));
    assertThat(pulling.stream().next().hasPulled()).isTrue();

    pulled(pulling);
    assertThat(pulling.stream().waiting()).isZero();
  }

  @Test
  void whoIsInNoVpnIsAnswered() {
    NodeId node = house.createNode();
    Agent pulling = house.connect();
    pulling.linkToPull(node);

    pulled(pulling);
  }

  @Test
  void joinsAndLeavesVpnsAtOnce() {
    NodeId node = house.createNode();
    Agent pulling = house.connect();
    pulling.linkToPull(node);
    pulled(pulling);

    VpnId vpn = house.createVpn(node);
    assertThat(pulling.stream().next().getSnapshot().getVpnId()).isEqualTo(vpn.toString());
    pulled(pulling);
    house.remove(vpn, node);

    assertThat(pulling.stream().next().getLeft().getVpnId()).isEqualTo(vpn.toString());
    pulled(pulling);
  }

  @Test
  void onesThatDoNotPullAreNotAnswered() {
    NodeId node = house.createNode();
    house.createVpn(node);
    Agent pushed = house.connect();
    pushed.link(node);

    pushed.say(AgentFrames.pull());

    pushed.session().tell(new AgentSession.Drain(0));
    assertThat(pushed.stream().next().getCue().getKind()).isEqualTo(Cue.Kind.DRAIN);
  }

  @Test
  void cuesArePushed() {
    NodeId node = house.createNode();
    Agent pulling = house.connect();
    pulling.linkToPull(node);

    house.suspend(node);

    assertThat(pulling.stream().next().getCue().getKind()).isEqualTo(Cue.Kind.REVOKED);
  }

  /** Asks, and is told that there is nothing. */
  private static void pulled(Agent agent) {
    agent.say(AgentFrames.pull());
    assertThat(agent.stream().next().hasPulled()).isTrue();
  }

  /** Until the agent itself, as a member that changes are pushed to, has heard of it. */
  private static void tellPort(Agent agent, int port) {
    agent.say(AgentFrames.changed(AgentFrames.attributes(port).build()));
    ServerFrame frame;
    do {
      frame = agent.stream().next();
    } while (frame.getUpdate().getChangedList().stream()
        .noneMatch(view -> view.getCandidatesList().stream().anyMatch(at -> at.getPort() == port)));
  }

  /** The feed has told all when it answers; the cue comes behind that. */
  private void assertNothingCame(Agent agent, VpnId vpn) {
    assertThat(house.online(vpn)).hasSize(2);
    agent.session().tell(new AgentSession.Drain(0));
    assertThat(agent.stream().next().hasCue()).isTrue();
  }

  private static boolean shows(PeerView view, NodeId node, int port) {
    return view.getMembership().getNodeId().equals(node.toString())
        && view.getCandidatesList().stream().anyMatch(at -> at.getPort() == port);
  }
}
