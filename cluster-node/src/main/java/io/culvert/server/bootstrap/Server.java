package io.culvert.server.bootstrap;

import io.culvert.model.sharding.EntityShards;
import io.culvert.server.admin.AdminServer;
import io.culvert.server.admission.GuessLimiter;
import io.culvert.server.admission.LogonSlots;
import io.culvert.server.agentgateway.AgentGateway;
import io.culvert.server.authentication.Argon2PasswordHasher;
import io.culvert.server.authentication.EntityNodeAuthenticator;
import io.culvert.server.authentication.EntityNodeEnrolment;
import io.culvert.server.authentication.ResumptionTickets;
import io.culvert.server.cluster.ServerGroup;
import io.culvert.server.dns.ZoneKeeper;
import io.culvert.server.health.HealthServer;
import io.culvert.server.pki.CertificateAuthority;
import io.culvert.server.pki.ClusterKeys;
import io.culvert.server.pki.ServerTls;
import io.culvert.server.storage.Availability;
import io.culvert.server.storage.Storage;
import io.culvert.server.storage.StorageException;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.Done;

/**
 * One running server: starts its parts in their order, and stops them in the other.
 *
 * <p>Started by one thread; {@link #drainAndClose} may be called by another.
 */
public final class Server implements AutoCloseable {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final ServerSettings settings;
  private final GuessLimiter guesses = new GuessLimiter(System::nanoTime);
  private final AtomicBoolean draining = new AtomicBoolean();
  private final CompletableFuture<Done> closed = new CompletableFuture<>();
  private volatile boolean ready;
  private volatile Optional<ZoneKeeper> zone = Optional.empty();

  private final Storage storage;
  private final ClusterMember member;
  private final ClusterKeys keys;
  private final ServerTls tls;
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
      List<String> names = CertificateNames.of(settings, HostFacts.addresses());
      keys = ClusterKeys.open(data.keys(), settings.serverName(), names, random, clock);
      tls = new ServerTls(keys.identity());
      var _ =
          own(
              new CertificateRenewal(tls, () -> keys.renewed(data.keys(), names, random, clock))
                  .start());
      keys.writeAuthority(data.authority());
      storage = own(Storage.of(settings.storage()));
      health = own(startHealth());
      prepareStorage();
      member = own(ClusterMember.start(settings, tls, storage));
      member.awaitUp();
      EntityShards shards = EntityShards.start(member.system(), clock);
      Argon2PasswordHasher hasher = own(new Argon2PasswordHasher(random));
      firstPassword = FirstOperator.create(shards, hasher, random);
      gateway = own(startGateway(shards, hasher, random));
      admin =
          own(
              AdminServer.start(
                  member.system(),
                  settings.admin(),
                  tls,
                  hasher,
                  guesses,
                  keys.masterKey(),
                  gateway.appliedRevisions(),
                  startServerGroup(),
                  storage.availability(),
                  clock));
      ready = true;
      zone = enterZone(random);
    } catch (InterruptedException | IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private HealthServer startHealth() throws IOException {
    Availability database = storage.availability();
    HealthServer server =
        HealthServer.start(settings.health(), () -> ready && database.problem().isEmpty());
    server.show("database", database::description);
    Gauge.builder(
            "culvert.database.available", database, now -> now.problem().isEmpty() ? 1.0 : 0.0)
        .description("1 while changes can be stored, 0 while the database is away")
        .register(server.meters());
    return server;
  }

  private void prepareStorage() throws InterruptedException {
    try {
      storage.prepare();
    } catch (StorageException e) {
      throw new SettingsException(String.valueOf(e.getMessage()), e);
    }
  }

  private ServerGroup startServerGroup() {
    ServerGroup group =
        ServerGroup.start(
            member.system(),
            settings.serverName(),
            AgentGateway.version(),
            gateway::agents,
            draining::get,
            this::beginDraining);
    group.keepEven(gateway::move, settings.gateway().rebalanceInterval());
    return group;
  }

  /** As an administrator asks: on a thread of its own, since it takes its time. */
  private boolean beginDraining() {
    if (draining.get()) {
      return false;
    }
    Thread.ofPlatform().name("culvert-drain").start(this::drainAndClose);
    return true;
  }

  /** The last step: nobody comes by the name before this server can serve. */
  private Optional<ZoneKeeper> enterZone(SecureRandom random) throws IOException {
    if (settings.dns().isEmpty()) {
      return Optional.empty();
    }
    ZoneKeeper keeper =
        own(
            ZoneKeeper.start(
                settings.dns().orElseThrow(), member.system(), health.meters(), random));
    health.show("dns", keeper::health);
    return Optional.of(keeper);
  }

  private AgentGateway startGateway(
      EntityShards shards, Argon2PasswordHasher hasher, SecureRandom random) {
    EntityNodeAuthenticator authenticator = new EntityNodeAuthenticator(shards, hasher, guesses);
    return AgentGateway.start(
        member.system(),
        settings.gateway(),
        tls,
        keys.masterKey(),
        authenticator,
        new EntityNodeEnrolment(
            shards, authenticator, keys.authority(), settings.gateway().advertised()),
        new LogonSlots(settings.gateway().logonsPerSecond(), System::nanoTime, random),
        new ResumptionTickets(keys.masterKey(), random, settings.gateway().ticketLifetime()),
        health.meters());
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

  /**
   * Done when this server has drained and stopped, or its cluster has shut it out. A server that
   * has drained is done though a part of it did not stop in time.
   */
  public CompletionStage<Done> ended() {
    return closed.applyToEither(member.ended(), done -> done);
  }

  /** Whether this server is draining, or has drained. */
  public boolean isDraining() {
    return draining.get();
  }

  /**
   * Leaves the zone, tells the agents to move, waits until they have or the drain time is over, and
   * stops. Returns when all has stopped, whoever began it. Any thread.
   */
  public void drainAndClose() {
    if (draining.compareAndSet(false, true)) {
      try {
        drain();
        close();
      } finally {
        closed.complete(Done.getInstance());
      }
    } else {
      var _ = closed.join();
    }
  }

  private void drain() {
    ready = false;
    zone.ifPresent(ZoneKeeper::close);
    Duration spread = settings.gateway().drainDelay();
    try {
      gateway
          .drain(spread)
          .toCompletableFuture()
          .get(spread.plus(STOP_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      member.system().log().warn("draining was cut short", e);
    }
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
