package io.culvert.server;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;

/**
 * Several actor systems of this JVM in one cluster over loopback, with the settings of a server
 * (Artery over TCP without TLS, ports chosen by the system) and one journal (H2 in memory).
 */
public final class LoopbackCluster implements AutoCloseable {
  /** How long anything may take. */
  public static final Duration STEP = Duration.ofSeconds(30);

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final String database =
      "jdbc:h2:mem:loopback-%d;DB_CLOSE_DELAY=-1".formatted(DATABASES.incrementAndGet());
  private final List<ActorSystem<Void>> systems = new ArrayList<>();

  /** Starts another member; returns when it is up. The first one founds the cluster. */
  public ActorSystem<Void> join() {
    return join(ConfigFactory.empty());
  }

  /** The same, with settings that go before a server's. */
  public ActorSystem<Void> join(Config settings) {
    ActorSystem<Void> system =
        ActorSystem.create(Behaviors.empty(), "culvert", settings.withFallback(config()).resolve());
    SchemaUtils.createIfNotExists("jdbc-journal", system)
        .toCompletableFuture()
        .orTimeout(STEP.toSeconds(), TimeUnit.SECONDS)
        .join();
    systems.add(system);
    Cluster cluster = Cluster.get(system);
    cluster.manager().tell(Join.create(Cluster.get(systems.getFirst()).selfMember().address()));
    TestProbe.create(system)
        .awaitAssert(
            STEP,
            () -> {
              if (!cluster.selfMember().status().equals(MemberStatus.up())) {
                throw new AssertionError(cluster.selfMember());
              }
              return system;
            });
    return system;
  }

  private Config config() {
    return ConfigFactory.parseMap(
            Map.of(
                "pekko.remote.artery.transport", "tcp",
                "pekko.remote.artery.canonical.hostname", "127.0.0.1",
                "pekko.remote.artery.canonical.port", 0,
                "pekko.loglevel", "WARNING",
                "pekko-persistence-jdbc.shared-databases.slick.db.url", database))
        .withFallback(
            ConfigFactory.parseResources(
                LoopbackCluster.class.getClassLoader(), "culvert-pekko.conf"))
        .withFallback(ConfigFactory.defaultReference());
  }

  /** Ends a member in order: it leaves the cluster and hands its shards over. */
  public void leave(ActorSystem<Void> system) {
    systems.remove(system);
    ActorTestKit.shutdown(system, STEP);
  }

  /** Ends a member without a word to the others, as the end of its process would. */
  public void kill(ActorSystem<Void> system) {
    systems.remove(system);
    system.terminate();
    system
        .getWhenTerminated()
        .toCompletableFuture()
        .orTimeout(STEP.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  /** The settings of a member that {@link #kill} will end. */
  public static Config mortal() {
    return ConfigFactory.parseString(
        "pekko.coordinated-shutdown.run-by-actor-system-terminate = off");
  }

  /** Ends all, the youngest first. */
  @Override
  public void close() {
    for (ActorSystem<Void> system : List.copyOf(systems).reversed()) {
      leave(system);
    }
  }
}
