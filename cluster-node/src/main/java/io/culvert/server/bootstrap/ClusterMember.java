package io.culvert.server.bootstrap;

import io.culvert.server.pki.ServerTls;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;

/** This server's actor system, as a member of its cluster, over its database. */
final class ClusterMember implements AutoCloseable {
  private static final Duration SCHEMA_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(45);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

  private final ServerSettings settings;
  private final ActorSystem<Void> system;

  private ClusterMember(ServerSettings settings, ActorSystem<Void> system) {
    this.settings = settings;
    this.system = system;
  }

  /**
   * Starts the actor system and its transport.
   *
   * @throws SettingsException if the address between servers cannot be bound, Pekko refuses its
   *     settings, or a server that it shall join is of another cluster
   */
  static ClusterMember start(ServerSettings settings, ServerTls tls) {
    ServerSettings.ClusterSettings cluster = settings.cluster();
    for (String seed : cluster.join()) {
      SeedProbe.problem(tls, seed)
          .ifPresent(
              problem -> {
                throw new SettingsException(problem);
              });
    }
    try {
      ActorSystemSetup setup =
          ActorSystemSetup.create(
              BootstrapSetup.create(PekkoSettings.of(settings)),
              SSLEngineProviderSetup.create(system -> new ClusterTls(tls)));
      return new ClusterMember(
          settings, ActorSystem.create(Behaviors.empty(), PekkoSettings.SYSTEM_NAME, setup));
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
   * @throws SettingsException if no server to join answers
   */
  void awaitUp() throws InterruptedException {
    Cluster cluster = Cluster.get(system.classicSystem());
    CountDownLatch decided = new CountDownLatch(1);
    cluster.registerOnMemberUp(decided::countDown);
    system.getWhenTerminated().whenComplete((done, failure) -> decided.countDown());
    if (settings.cluster().join().isEmpty()) {
      cluster.join(cluster.selfAddress());
    }
    boolean inTime = decided.await(JOIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    if (!inTime || system.getWhenTerminated().toCompletableFuture().isDone()) {
      throw new SettingsException(whyNotJoined());
    }
  }

  private String whyNotJoined() {
    String seeds = String.join(", ", settings.cluster().join());
    boolean refused =
        CoordinatedShutdown.get(system.classicSystem())
            .getShutdownReason()
            .filter(CoordinatedShutdown.IncompatibleConfigurationDetectedReason$.class::isInstance)
            .isPresent();
    return refused
        ? "the cluster at %s refused this server (%s); the log of the server there says what does not fit"
            .formatted(seeds, JoinCompatibility.shown(system.settings().config()))
        : "no server of the cluster answered at %s: are the addresses right, and does one run there?"
            .formatted(seeds);
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
