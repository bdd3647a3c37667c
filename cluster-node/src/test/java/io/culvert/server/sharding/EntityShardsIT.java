package io.culvert.server.sharding;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeEntity;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.sharding.EntityShards;
import io.culvert.model.vpn.CipherSuite;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.model.vpn.VpnSettings;
import io.culvert.model.vpn.VpnState;
import io.culvert.server.LoopbackCluster;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.ShardRegion.CurrentShardRegionState;
import org.apache.pekko.cluster.sharding.typed.GetShardRegionState;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Entities of real servers on loopback, over one journal, while servers come and go. */
class EntityShardsIT {
  private static final VpnId VPN = VpnId.parse("acme/office");

  /** More than enough for every server to get a shard of its own. */
  private static final int MOST_NODES = 40;

  /** For an ask that may be lost with the server that it went to. */
  private static final Duration ONE_ASK = Duration.ofSeconds(2);

  private final LoopbackCluster cluster = new LoopbackCluster();

  @AfterEach
  void stop() {
    cluster.close();
  }

  /** One server, as its gateway and its admin API see the entities. */
  private record Server(ActorSystem<Void> system, EntityShards shards) {
    static Server on(ActorSystem<Void> system) {
      return new Server(system, EntityShards.start(system, InstantSource.system()));
    }
  }

  @Test
  void anEntityIsReachableFromEveryServerWhereverItIs() {
    Server first = Server.on(cluster.join());
    Server second = Server.on(cluster.join());
    List<NodeId> nodes = createNodesAtAll(List.of(first, second));

    for (NodeId node : nodes) {
      assertThat(readNode(first, node))
          .isInstanceOf(NodeProtocol.CurrentState.class)
          .isEqualTo(readNode(second, node));
    }
  }

  @Test
  void nothingIsLostWhenAServerLeaves() {
    Server first = Server.on(cluster.join());
    Server second = Server.on(cluster.join());
    List<NodeId> nodes = createNodesAtAll(List.of(first, second));
    VpnState before = createVpn(second, nodes);

    cluster.leave(first.system());

    assertNothingLost(second, nodes, before);
  }

  /** The oldest server also has the coordinator of the shards. Two of three are the majority. */
  @Test
  void nothingAcknowledgedIsLostWhenTheOldestServerDies() {
    Server first = Server.on(cluster.join(LoopbackCluster.mortal()));
    Server second = Server.on(cluster.join());
    Server third = Server.on(cluster.join());
    List<NodeId> nodes = createNodesAtAll(List.of(first, second, third));
    VpnState before = createVpn(second, nodes);

    cluster.kill(first.system());

    assertNothingLost(second, nodes, before);
    assertThat(readVpn(third)).isEqualTo(readVpn(second));
  }

  /** Creates nodes until each server hosts one at least; from the servers in turn. */
  private List<NodeId> createNodesAtAll(List<Server> servers) {
    List<NodeId> nodes = new ArrayList<>();
    do {
      NodeId node = NodeId.parse("acme/node" + nodes.size());
      String request = "create-" + node.name();
      assertThat(
              node(
                  servers.get(nodes.size() % servers.size()),
                  node,
                  to -> new NodeProtocol.CreateNode(request, to)))
          .isEqualTo(new NodeProtocol.Changed(1));
      nodes.add(node);
    } while (nodes.size() < MOST_NODES && !servers.stream().allMatch(EntityShardsIT::hostsNodes));
    assertThat(servers).allMatch(EntityShardsIT::hostsNodes);
    return nodes;
  }

  private static boolean hostsNodes(Server server) {
    TestProbe<CurrentShardRegionState> answers = TestProbe.create(server.system());
    ClusterSharding.get(server.system())
        .shardState()
        .tell(new GetShardRegionState(NodeEntity.TYPE_KEY, answers.getRef()));
    return answers.receiveMessage(LoopbackCluster.STEP).getShards().stream()
        .anyMatch(shard -> !shard.getEntityIds().isEmpty());
  }

  /** Admits all nodes; returns when their own entities know. */
  private static VpnState createVpn(Server server, List<NodeId> nodes) {
    VpnSettings settings =
        new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.1.0.0/16", "fd00:1::/64");
    assertThat(vpn(server, to -> new VpnProtocol.CreateVpn("create", settings, to)))
        .isEqualTo(new VpnProtocol.Changed(1));
    for (NodeId node : nodes) {
      assertThat(vpn(server, to -> admit(node, to))).isInstanceOf(VpnProtocol.Changed.class);
    }
    nodes.forEach(node -> awaitMember(server, node));
    return readVpn(server);
  }

  private static VpnProtocol.AdmitNode admit(NodeId node, ActorRef<VpnProtocol.Reply> to) {
    return new VpnProtocol.AdmitNode("admit-" + node.name(), node, Role.SPOKE, to);
  }

  private static void assertNothingLost(Server survivor, List<NodeId> nodes, VpnState before) {
    nodes.forEach(node -> awaitMember(survivor, node));
    assertThat(readVpn(survivor)).isEqualTo(before);
    // Also what was asked is known: the last change again gives its first reply, and a new one
    // follows the last revision.
    assertThat(vpn(survivor, to -> admit(nodes.getLast(), to)))
        .isEqualTo(new VpnProtocol.Changed(before.revision()));
    assertThat(vpn(survivor, to -> new VpnProtocol.RenewSecret("renew", to)))
        .isEqualTo(new VpnProtocol.Changed(before.revision() + 1));
  }

  private static void awaitMember(Server server, NodeId node) {
    TestProbe.create(server.system())
        .awaitAssert(
            LoopbackCluster.STEP,
            () -> {
              if (!(readNode(server, node) instanceof NodeProtocol.CurrentState current)
                  || !current.node().memberships().containsKey(VPN)) {
                throw new AssertionError(node + " does not know that it is a member");
              }
              return node;
            });
  }

  private static NodeProtocol.Reply node(
      Server server,
      NodeId node,
      Function<ActorRef<NodeProtocol.Reply>, NodeProtocol.Command> command) {
    return answer(server.shards().node(node).ask(command::apply, LoopbackCluster.STEP));
  }

  private static NodeProtocol.Reply readNode(Server server, NodeId node) {
    return read(server, () -> server.shards().node(node).ask(NodeProtocol.ReadNode::new, ONE_ASK));
  }

  private static VpnProtocol.Reply vpn(
      Server server, Function<ActorRef<VpnProtocol.Reply>, VpnProtocol.Command> command) {
    return answer(server.shards().vpn(VPN).ask(command::apply, LoopbackCluster.STEP));
  }

  private static VpnState readVpn(Server server) {
    VpnProtocol.Reply reply =
        read(server, () -> server.shards().vpn(VPN).ask(VpnProtocol.ReadVpn::new, ONE_ASK));
    return ((VpnProtocol.CurrentState) reply).state();
  }

  /** Asks until an answer comes: a question may have gone to a server that is no more. */
  private static <T> T read(Server server, Supplier<CompletionStage<T>> question) {
    return TestProbe.create(server.system())
        .awaitAssert(LoopbackCluster.STEP, () -> answer(question.get()));
  }

  private static <T> T answer(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new AssertionError("no answer", e);
    }
  }
}
