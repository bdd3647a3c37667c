package io.culvert.server.bootstrap;

import io.culvert.server.pki.ServerTls;
import io.culvert.server.storage.Storage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;

/** This server's actor system, as a member of its cluster, over its database. */
final class ClusterMember implements AutoCloseable {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

  private final ClusterEntry entry;
  private final ActorSystem<Void> system;
  private final CompletableFuture<Done> ended;

  private ClusterMember(ClusterEntry entry, ActorSystem<Void> system) {
    this.entry = entry;
    this.system = system;
    this.ended = Termination.of(system, STOP_TIMEOUT);
  }

  /**
   * Starts the actor system and its transport.
   *
   * @throws SettingsException if the address between servers cannot be bound, Pekko refuses its
   *     settings, or a server that it shall join is of another cluster
   */
  static ClusterMember start(ServerSettings settings, ServerTls tls, Storage storage)
      throws InterruptedException {
    ServerSettings.ClusterSettings cluster = settings.cluster();
    ClusterEntry entry = ClusterEntry.prepare(cluster, tls);
    try {
      ActorSystemSetup setup =
          ActorSystemSetup.create(
              BootstrapSetup.create(PekkoSettings.of(settings, storage.pekko())),
              SSLEngineProviderSetup.create(system -> new ClusterTls(tls)));
      setup = storage.setup().map(setup::and).orElse(setup);
      return new ClusterMember(
          entry, ActorSystem.create(Behaviors.empty(), PekkoSettings.SYSTEM_NAME, setup));
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

  /** Done when the actor system has stopped by itself or by {@link #close}; see Termination. */
  CompletionStage<Done> ended() {
    return ended;
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
      var _ = ended.get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      system.log().warn("the actor system did not stop in time", e);
    }
  }
}
