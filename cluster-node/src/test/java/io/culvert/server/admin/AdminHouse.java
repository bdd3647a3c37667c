package io.culvert.server.admin;

import io.culvert.model.directory.DirectoryProtocol;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.server.admission.GuessLimiter;
import io.culvert.server.authentication.Argon2PasswordHasher;
import io.culvert.server.feed.AppliedRevisions;
import io.culvert.server.pki.ClusterKeys;
import io.culvert.server.pki.ServerTls;
import io.culvert.server.storage.Availability;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One admin server with all that it stands on: cluster, journal, keys, Argon2id. Only what agents
 * have applied is told by the test, because there are no agents here.
 */
public final class AdminHouse implements AutoCloseable {
  /** Of the first operator, before its first login. */
  public static final String ONE_TIME_PASSWORD = "one-time-password";

  /** Of everybody else. */
  public static final String PASSWORD = "correct horse battery";

  static final List<String> GATEWAYS = List.of("vpn.example:443", "198.18.2.2:443");

  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final Duration STEP = Duration.ofSeconds(20);

  private final SingleServerCluster cluster;
  private final Argon2PasswordHasher hasher = new Argon2PasswordHasher(new SecureRandom());
  private final ToldRevisions revisions = new ToldRevisions();
  private final ClusterKeys keys;
  private final AdminServer server;
  private final ApiClient nobody;

  private AdminHouse(SingleServerCluster cluster, ClusterKeys keys, AdminSettings settings) {
    InstantSource clock = InstantSource.system();
    this.cluster = cluster;
    this.keys = keys;
    this.server =
        AdminServer.start(
            cluster.system(),
            settings,
            new ServerTls(keys.identity()),
            hasher,
            new GuessLimiter(System::nanoTime),
            keys.masterKey(),
            revisions,
            cluster.servers(),
            new Availability(),
            clock);
    this.nobody = ApiClient.nobody(server.port(), authority());
  }

  /** Everything started; the first operator has its one-time password. */
  public static AdminHouse open(Path directory) {
    return open(directory, Duration.ofHours(1));
  }

  /** The same with another lifetime of logins. */
  static AdminHouse open(Path directory, Duration sessionLifetime) {
    InstantSource clock = InstantSource.system();
    AdminHouse house =
        new AdminHouse(
            SingleServerCluster.start(clock),
            ClusterKeys.open(
                directory.resolve("keys"),
                "server1",
                List.of("localhost", "127.0.0.1"),
                new SecureRandom(),
                clock),
            new AdminSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                GATEWAYS,
                sessionLifetime,
                Duration.ofHours(1)));
    house.initialize();
    return house;
  }

  private void initialize() {
    String verifier = hasher.hash(ONE_TIME_PASSWORD.toCharArray()).toCompletableFuture().join();
    DirectoryProtocol.Reply reply =
        cluster
            .shards()
            .directory()
            .<DirectoryProtocol.Reply>ask(
                replyTo -> new DirectoryProtocol.Initialize("first", "admin", verifier, replyTo),
                STEP)
            .toCompletableFuture()
            .join();
    if (!(reply instanceof DirectoryProtocol.Changed)) {
      throw new IllegalStateException(String.valueOf(reply));
    }
  }

  Set<String> routes() {
    return server.routes();
  }

  /** The port of the admin API at the loopback address. */
  public int port() {
    return server.port();
  }

  /** The cluster's CA. */
  public X509Certificate authority() {
    return keys.identity().certificateAuthority();
  }

  SingleServerCluster cluster() {
    return cluster;
  }

  /** Where the test tells what agents have applied. */
  public ToldRevisions revisions() {
    return revisions;
  }

  ApiClient nobody() {
    return nobody;
  }

  /** The first operator, after its password was changed. */
  ApiClient operator() {
    ApiClient.Answer first =
        nobody.post("/api/v1/login", Json.object("userName", "admin", "password", PASSWORD));
    if (first.status() == 200) {
      return nobody.as(first.json().get("token").asText());
    }
    ApiClient.Answer changed =
        nobody.post(
            "/api/v1/login",
            Json.object(
                "userName", "admin", "password", ONE_TIME_PASSWORD, "newPassword", PASSWORD));
    return nobody.as(changed.json().get("token").asText());
  }

  /** Logs in; fails the test if the server refuses. */
  ApiClient login(String userName) {
    ApiClient.Answer answer =
        nobody.post("/api/v1/login", Json.object("userName", userName, "password", PASSWORD));
    return nobody.as(answer.json().required("token").asText());
  }

  /** From now on passwords cannot be verified, as when too many wait. */
  void stopHashing() {
    hasher.close();
  }

  /** A name that no other test of this process uses. */
  public static String freshName(String kind) {
    return kind + NAMES.incrementAndGet();
  }

  @Override
  public void close() {
    nobody.close();
    server.close();
    hasher.close();
    cluster.close();
  }

  /** What the test says that agents have applied. */
  public static final class ToldRevisions implements AppliedRevisions {
    private final Map<VpnId, Map<NodeId, MemberStatus>> told = new ConcurrentHashMap<>();

    /** A node is online and has applied a revision. */
    public void tell(VpnId vpn, NodeId node, long revision) {
      told.computeIfAbsent(vpn, any -> new ConcurrentHashMap<>())
          .put(node, new MemberStatus("server1", revision, 0));
    }

    @Override
    public CompletionStage<Map<NodeId, MemberStatus>> of(VpnId vpn, Set<NodeId> members) {
      Map<NodeId, MemberStatus> online = new HashMap<>(told.getOrDefault(vpn, Map.of()));
      online.keySet().retainAll(members);
      return CompletableFuture.completedStage(Map.copyOf(online));
    }
  }
}
