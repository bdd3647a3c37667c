package io.culvert.server.admin;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.culvert.model.sharding.EntityShards;
import io.culvert.server.cluster.ServerGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;

/** A cluster of one with the real entities and the real journal plugin, on H2 in memory. */
final class SingleServerCluster implements AutoCloseable {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final ActorTestKit kit;
  private final EntityShards shards;
  private final ServerGroup servers;
  private final AtomicBoolean drained = new AtomicBoolean();

  private SingleServerCluster(ActorTestKit kit, EntityShards shards) {
    this.kit = kit;
    this.shards = shards;
    this.servers =
        ServerGroup.start(
            kit.system(),
            "server1",
            "tested",
            () -> 3,
            drained::get,
            () -> drained.compareAndSet(false, true));
  }

  /** Forms the cluster; returns when it is up. */
  static SingleServerCluster start(InstantSource clock) {
    String url = "jdbc:h2:mem:admin-%d;DB_CLOSE_DELAY=-1".formatted(DATABASES.incrementAndGet());
    createTables(url);
    ActorTestKit kit = ActorTestKit.create("culvert", config(url));
    Cluster cluster = Cluster.get(kit.system());
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    return new SingleServerCluster(kit, EntityShards.start(kit.system(), clock));
  }

  private static Config config(String url) {
    return ConfigFactory.parseMap(
            Map.of(
                "pekko.cluster.roles",
                List.of("server1"),
                "pekko.remote.artery.transport",
                "tcp",
                "pekko.remote.artery.canonical.hostname",
                "127.0.0.1",
                "pekko.remote.artery.canonical.port",
                0,
                "pekko-persistence-jdbc.shared-databases.slick.db.url",
                url))
        .withFallback(
            ConfigFactory.parseResources(
                SingleServerCluster.class.getClassLoader(), "culvert-pekko.conf"))
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
  }

  private static void createTables(String url) {
    try (Connection connection = DriverManager.getConnection(url, "culvert", "");
        Statement statement = connection.createStatement();
        InputStream script =
            SingleServerCluster.class.getResourceAsStream("/schema/h2/h2-create-schema.sql")) {
      if (script == null) {
        throw new IllegalStateException("pekko-persistence-jdbc has no script for H2");
      }
      statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
    } catch (SQLException e) {
      throw new IllegalStateException("cannot create the journal's tables", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ActorSystem<?> system() {
    return kit.system();
  }

  EntityShards shards() {
    return shards;
  }

  ServerGroup servers() {
    return servers;
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
