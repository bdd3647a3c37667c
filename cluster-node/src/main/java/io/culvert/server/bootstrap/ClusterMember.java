package io.culvert.server.bootstrap;

import io.culvert.server.pki.ServerTls;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;

/** This server's actor system, as a member of its cluster, over its database. */
final class ClusterMember implements AutoCloseable {
  private static final Duration SCHEMA_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

  private final ServerSettings settings;
  private final ClusterEntry entry;
  private final ActorSystem<Void> system;

  private ClusterMember(ServerSettings settings, ClusterEntry entry, ActorSystem<Void> system) {
    this.settings = settings;
    this.entry = entry;
    this.system = system;
  }

  /**
   * Starts the actor system and its transport.
   *
   * @throws SettingsException if the address between servers cannot be bound, Pekko refuses its
   *     settings, or a server that it shall join is of another cluster
   */
  static ClusterMember start(ServerSettings settings, ServerTls tls) throws InterruptedException {
    ServerSettings.ClusterSettings cluster = settings.cluster();
    ClusterEntry entry = ClusterEntry.prepare(cluster, tls);
    try {
      ActorSystemSetup setup =
          ActorSystemSetup.create(
              BootstrapSetup.create(PekkoSettings.of(settings)),
              SSLEngineProviderSetup.create(system -> new ClusterTls(tls)));
      return new ClusterMember(
          settings, entry, ActorSystem.create(Behaviors.empty(), PekkoSettings.SYSTEM_NAME, setup));
    } catch (RuntimeException e) {
      throw new SettingsException(
          "cannot serve other servers at %s:%d (culvert.cluster, --cluster-port): %s"
              .formatted(cluster.host(), cluster.port(), StartFailure.rootMessage(e)),
          e);
    }
  }

  ActorSystem<Void> system() {
    return system;
  }

  /**
   * Makes the journal's tables if they are missing.
   *
   * @throws SettingsException if the database cannot be used
   */
  void createSchema() throws InterruptedException {
    try {
      SchemaUtils.createIfNotExists("jdbc-journal", system)
          .toCompletableFuture()
          .get(SCHEMA_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new SettingsException(
          "cannot use the database %s: %s; is another server using it?"
              .formatted(settings.storage().path(), StartFailure.rootMessage(e)),
          e);
    }
  }

  /**
   * Joins the cluster, or founds one.
   *
   * @throws SettingsException if it may not, or no server to join answers
   */
  void awaitUp() throws InterruptedException {
    entry.enter(system);
  }

  /** Leaves the cluster and stops the actor system. */
  @Override
  public void close() {
    system.terminate();
    try {
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      system.log().warn("the actor system did not stop in time", e);
    }
  }
}
