package io.culvert.server.bootstrap;

import io.culvert.model.sharding.EntityShards;
import io.culvert.server.admin.AdminServer;
import io.culvert.server.agentgateway.AgentGateway;
import io.culvert.server.authentication.Argon2PasswordHasher;
import io.culvert.server.authentication.EntityNodeAuthenticator;
import io.culvert.server.authentication.EntityNodeEnrolment;
import io.culvert.server.health.HealthServer;
import io.culvert.server.pki.CertificateAuthority;
import io.culvert.server.pki.ClusterKeys;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;

/**
 * One running server: starts its parts in their order, and stops them in the other.
 *
 * <p>Started and stopped by one thread.
 */
public final class Server implements AutoCloseable {
  private static final Duration SCHEMA_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(45);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final ServerSettings settings;
  private volatile boolean ready;

  private final ActorSystem<Void> system;
  private final ClusterKeys keys;
  private final AgentGateway gateway;
  private final AdminServer admin;
  private final HealthServer health;
  private final Optional<String> firstPassword;

  private Server(ServerSettings settings) throws InterruptedException, IOException {
    this.settings = settings;
    SecureRandom random = new SecureRandom();
    InstantSource clock = InstantSource.system();
    try {
      DataDirectory data = own(DataDirectory.open(settings.dataDirectory()));
      keys =
          ClusterKeys.open(data.keys(), settings.serverName(), certificateNames(), random, clock);
      keys.writeAuthority(data.authority());
      system =
          ActorSystem.create(
              Behaviors.empty(),
              PekkoSettings.SYSTEM_NAME,
              PekkoSettings.of(settings, keys, data.run(), random));
      own(this::stopSystem);
      createSchema();
      awaitMember();
      EntityShards shards = EntityShards.start(system, clock);
      Argon2PasswordHasher hasher = own(new Argon2PasswordHasher(random));
      health = own(HealthServer.start(settings.health(), () -> ready));
      firstPassword = FirstOperator.create(shards, hasher, random);
      EntityNodeAuthenticator authenticator = new EntityNodeAuthenticator(shards, hasher);
      gateway =
          own(
              AgentGateway.start(
                  system,
                  settings.gateway(),
                  keys.identity(),
                  keys.masterKey(),
                  authenticator,
                  new EntityNodeEnrolment(
                      shards, authenticator, keys.authority(), settings.gateway().advertised()),
                  health.meters()));
      admin =
          own(
              AdminServer.start(
                  system,
                  settings.admin(),
                  keys.identity(),
                  hasher,
                  keys.masterKey(),
                  gateway.appliedRevisions(),
                  clock));
      ready = true;
    } catch (InterruptedException | IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts a server and returns when it takes agents.
   *
   * @throws SettingsException if the settings cannot be used
   * @throws IOException if an address cannot be bound
   */
  public static Server start(ServerSettings settings) throws InterruptedException, IOException {
    return new Server(settings);
  }

  private <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    return part;
  }

  private List<String> certificateNames() {
    List<String> names = new ArrayList<>();
    for (String gatewayAddress : settings.gateway().advertised()) {
      names.add(
          gatewayAddress.substring(0, gatewayAddress.lastIndexOf(':')).replaceAll("[\\[\\]]", ""));
    }
    HostFacts.addresses()
        .forEach(address -> names.add(address.getHostAddress().replaceAll("%.*$", "")));
    names.add(settings.serverName());
    names.add("localhost");
    names.add(settings.cluster().host());
    return names.stream().distinct().toList();
  }

  private void createSchema() throws InterruptedException {
    try {
      SchemaUtils.createIfNotExists("jdbc-journal", system)
          .toCompletableFuture()
          .get(SCHEMA_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new SettingsException(
          "cannot use the database %s: %s; is another server using it?"
              .formatted(settings.storage().path(), rootMessage(e)));
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private void awaitMember() throws InterruptedException {
    CountDownLatch up = new CountDownLatch(1);
    Cluster.get(system.classicSystem()).registerOnMemberUp(up::countDown);
    if (!up.await(JOIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new SettingsException(
          "no server of the cluster answered at %s within %d s: are the addresses right, and the CA the same?"
              .formatted(settings.cluster().join(), JOIN_TIMEOUT.toSeconds()));
    }
  }

  private void stopSystem() {
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

  /** The bound port of the agent gateway. */
  public int agentPort() {
    return gateway.port();
  }

  /** The bound port of the admin API. */
  public int adminPort() {
    return admin.port();
  }

  /** The bound port of health and metrics. */
  public int healthPort() {
    return health.port();
  }

  /** SHA-256 of the cluster CA's certificate, lower-case hex. */
  public String authorityFingerprint() {
    return HexFormat.of()
        .formatHex(CertificateAuthority.fingerprint(keys.identity().certificateAuthority()));
  }

  /** The first operator's one-time password, if this start made one. */
  public Optional<String> firstPassword() {
    return firstPassword;
  }

  /** Tells the agents to move, waits until they have or the drain time is over, and stops. */
  public void drainAndClose() {
    ready = false;
    try {
      CompletableFuture<?> drained =
          gateway.drain(settings.gateway().drainDelay()).toCompletableFuture();
      drained.get(
          settings.gateway().drainDelay().plus(STOP_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      system.log().warn("draining was cut short", e);
    }
    close();
  }

  /** Stops at once, the last part first. */
  @Override
  public void close() {
    ready = false;
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        // The other parts must stop all the same.
        System.getLogger(Server.class.getName())
            .log(System.Logger.Level.WARNING, "a part did not stop cleanly", e);
      }
    }
  }
}
