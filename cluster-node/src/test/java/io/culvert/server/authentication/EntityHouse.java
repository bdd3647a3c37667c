package io.culvert.server.authentication;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.culvert.model.identity.NodeId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.sharding.EntityShards;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;

/**
 * A cluster of one with the real entities, their journal in memory, and a clock that can be moved.
 */
public final class EntityHouse implements AutoCloseable {
  private static final Duration STEP = Duration.ofSeconds(20);
  private static final AtomicInteger NODES = new AtomicInteger();

  private final ActorTestKit kit;
  private final EntityShards shards;
  private volatile Instant now = Instant.parse("2026-11-25T06:00:00Z");

  private EntityHouse(ActorTestKit kit) {
    this.kit = kit;
    Cluster cluster = Cluster.get(kit.system());
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    this.shards = EntityShards.start(kit.system(), clock());
  }

  /** With no node and no VPN. */
  public static EntityHouse open() {
    return new EntityHouse(ActorTestKit.create("culvert", config()));
  }

  private static Config config() {
    return ConfigFactory.parseMap(
            Map.of(
                "pekko.remote.artery.transport", "tcp",
                "pekko.remote.artery.canonical.hostname", "127.0.0.1",
                "pekko.remote.artery.canonical.port", 0,
                "pekko.persistence.journal.plugin", "pekko.persistence.journal.inmem",
                "pekko.persistence.snapshot-store.plugin",
                    "pekko.persistence.snapshot-store.local"))
        .withFallback(
            ConfigFactory.parseResources(EntityHouse.class.getClassLoader(), "culvert-pekko.conf"))
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
  }

  /** Its actor system. */
  public ActorTestKit kit() {
    return kit;
  }

  /** Its entities. */
  public EntityShards shards() {
    return shards;
  }

  /** Stands still, but for {@link #pass}. */
  public InstantSource clock() {
    return () -> now;
  }

  Instant now() {
    return now;
  }

  /** Moves the clock; back, if negative. */
  public void pass(Duration time) {
    now = now.plus(time);
  }

  /** A node that no other test uses. */
  public NodeId createNode() {
    NodeId node = unknownNode();
    require(node, replyTo -> new NodeProtocol.CreateNode(requestId(), replyTo));
    return node;
  }

  /** The name of a node that nobody made. */
  public NodeId unknownNode() {
    return NodeId.parse("acme/node" + NODES.incrementAndGet());
  }

  /** Does a change that must be accepted. */
  public void require(
      NodeId node, Function<ActorRef<NodeProtocol.Reply>, NodeProtocol.Command> change) {
    NodeProtocol.Reply reply = ask(node, change);
    if (!(reply instanceof NodeProtocol.Changed)) {
      throw new IllegalStateException(String.valueOf(reply));
    }
  }

  /** What the Node entity answers. */
  public NodeProtocol.Reply ask(
      NodeId node, Function<ActorRef<NodeProtocol.Reply>, NodeProtocol.Command> command) {
    return shards
        .node(node)
        .<NodeProtocol.Reply>ask(command::apply, STEP)
        .toCompletableFuture()
        .join();
  }

  /** A new one. */
  public static String requestId() {
    return UUID.randomUUID().toString();
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
