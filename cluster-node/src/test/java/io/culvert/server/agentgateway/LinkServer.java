package io.culvert.server.agentgateway;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.sharding.EntityShards;
import io.culvert.model.vpn.CipherSuite;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.model.vpn.VpnSettings;
import io.culvert.server.admission.GuessLimiter;
import io.culvert.server.admission.LogonSlots;
import io.culvert.server.authentication.Argon2PasswordHasher;
import io.culvert.server.authentication.EntityNodeAuthenticator;
import io.culvert.server.authentication.EntityNodeEnrolment;
import io.culvert.server.authentication.ResumptionTickets;
import io.culvert.server.feed.AppliedRevisions.MemberStatus;
import io.culvert.server.pki.ClusterKeys;
import io.culvert.server.pki.ServerTls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;

/**
 * A server with all that agents touch: cluster, entities, journal (H2 in memory), keys, Argon2id,
 * the gateway. Only the admin API is missing: tests speak to the entities.
 */
final class LinkServer implements AutoCloseable {
  static final String PASSWORD = "correct horse battery";
  static final Duration STEP = Duration.ofSeconds(20);
  private static final Duration TICKET_LIFETIME = Duration.ofMinutes(5);
  private static final int MAX_FRAME = 64 * 1024;
  private static final AtomicInteger DATABASES = new AtomicInteger();

  final ActorSystem<Void> system;
  final EntityShards shards;
  final AgentGateway gateway;
  final ClusterKeys keys;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final String database;
  private final Path directory;
  private final Duration grace;
  private final Argon2PasswordHasher hasher = new Argon2PasswordHasher(new SecureRandom());
  private final String verifier;

  private LinkServer(
      String name,
      String database,
      Path directory,
      Duration grace,
      InstantSource clock,
      LinkServer... founder) {
    this.database = database;
    this.directory = directory;
    this.grace = grace;
    this.verifier = hasher.hash(PASSWORD.toCharArray()).toCompletableFuture().join();
    keys =
        ClusterKeys.open(
            directory.resolve("keys"),
            name,
            List.of("localhost", "127.0.0.1"),
            new SecureRandom(),
            InstantSource.system());
    system = ActorSystem.create(Behaviors.empty(), "culvert", config(database));
    await(SchemaUtils.createIfNotExists("jdbc-journal", system));
    Cluster cluster = Cluster.get(system);
    cluster
        .manager()
        .tell(
            Join.create(
                founder.length == 0
                    ? cluster.selfMember().address()
                    : Cluster.get(founder[0].system).selfMember().address()));
    Await.until(
        "the server is a member",
        () -> cluster.selfMember().status().equals(org.apache.pekko.cluster.MemberStatus.up()));
    shards = EntityShards.start(system, clock);
    EntityNodeAuthenticator authenticator =
        new EntityNodeAuthenticator(shards, hasher, new GuessLimiter(System::nanoTime));
    gateway =
        AgentGateway.start(
            system,
            new GatewaySettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of("localhost:443"),
                grace,
                Duration.ofMillis(200),
                1_000,
                TICKET_LIFETIME,
                Duration.ofSeconds(10),
                MAX_FRAME),
            new ServerTls(keys.identity()),
            keys.masterKey(),
            authenticator,
            new EntityNodeEnrolment(
                shards, authenticator, keys.authority(), List.of("localhost:443")),
            new LogonSlots(1_000, System::nanoTime, new Random()),
            new ResumptionTickets(keys.masterKey(), new SecureRandom(), TICKET_LIFETIME),
            meters);
  }

  /** A cluster of one. */
  static LinkServer found(Path directory, Duration grace) {
    return new LinkServer(
        "server1",
        "jdbc:h2:mem:link-%d;DB_CLOSE_DELAY=-1".formatted(DATABASES.incrementAndGet()),
        directory,
        grace,
        InstantSource.system());
  }

  /** Another server of the same cluster, with the same keys and the same journal. */
  LinkServer join(String name) {
    return new LinkServer(name, database, directory, grace, InstantSource.system(), this);
  }

  private static Config config(String url) {
    return ConfigFactory.parseMap(
            Map.of(
                "pekko.remote.artery.transport", "tcp",
                "pekko.remote.artery.canonical.hostname", "127.0.0.1",
                "pekko.remote.artery.canonical.port", 0,
                "pekko.loglevel", "WARNING",
                "pekko-persistence-jdbc.shared-databases.slick.db.url", url))
        .withFallback(
            ConfigFactory.parseResources(LinkServer.class.getClassLoader(), "culvert-pekko.conf"))
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
  }

  // ---- what an administrator does ----

  void createNode(String node) {
    NodeId id = NodeId.parse(node);
    changed(
        shards
            .node(id)
            .<NodeProtocol.Reply>ask(
                replyTo -> new NodeProtocol.CreateNode(request(), replyTo), STEP));
    changed(
        shards
            .node(id)
            .<NodeProtocol.Reply>ask(
                replyTo -> new NodeProtocol.SetPassword(request(), id.name(), verifier, replyTo),
                STEP));
  }

  void suspendNode(String node) {
    changed(
        shards
            .node(NodeId.parse(node))
            .<NodeProtocol.Reply>ask(
                replyTo -> new NodeProtocol.SuspendNode(request(), replyTo), STEP));
  }

  void createVpn(String vpn, Topology topology) {
    change(
        vpn,
        replyTo ->
            new VpnProtocol.CreateVpn(
                request(),
                new VpnSettings(CipherSuite.AES_256_GCM, topology, "10.1.0.0/16", "fd00:1::/64"),
                replyTo));
  }

  long admit(String vpn, String node, Role role) {
    return change(
        vpn, replyTo -> new VpnProtocol.AdmitNode(request(), NodeId.parse(node), role, replyTo));
  }

  long remove(String vpn, String node) {
    return change(
        vpn, replyTo -> new VpnProtocol.RemoveNode(request(), NodeId.parse(node), replyTo));
  }

  /** Until the node's own entity knows that it is a member. */
  void awaitMembership(String vpn, String node) {
    Await.until(
        node + " knows that it is in " + vpn,
        () ->
            await(
                        shards
                            .node(NodeId.parse(node))
                            .<NodeProtocol.Reply>ask(NodeProtocol.ReadNode::new, STEP))
                    instanceof NodeProtocol.CurrentState current
                && current.node().memberships().containsKey(VpnId.parse(vpn)));
  }

  long renewSecret(String vpn) {
    return change(vpn, replyTo -> new VpnProtocol.RenewSecret(request(), replyTo));
  }

  /** The revision. */
  private long change(
      String vpn,
      org.apache.pekko.japi.function.Function<
              org.apache.pekko.actor.typed.ActorRef<VpnProtocol.Reply>, VpnProtocol.Command>
          command) {
    VpnProtocol.Reply reply =
        await(
            shards
                .vpn(VpnId.parse(vpn))
                .<VpnProtocol.Reply>ask(
                    replyTo -> {
                      try {
                        return command.apply(replyTo);
                      } catch (Exception e) {
                        throw new AssertionError(e);
                      }
                    },
                    STEP));
    if (reply instanceof VpnProtocol.Changed done) {
      return done.revision();
    }
    throw new AssertionError(String.valueOf(reply));
  }

  /** What this server knows of a member; fails if it is not online. */
  MemberStatus applied(String vpn, String node) {
    return Objects.requireNonNull(
        await(gateway.appliedRevisions().of(VpnId.parse(vpn), Set.of(NodeId.parse(node))))
            .get(NodeId.parse(node)),
        node);
  }

  X509Certificate authority() {
    return keys.identity().certificateAuthority();
  }

  private static void changed(CompletionStage<NodeProtocol.Reply> reply) {
    if (!(await(reply) instanceof NodeProtocol.Changed)) {
      throw new AssertionError(String.valueOf(await(reply)));
    }
  }

  static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(STEP.toSeconds(), TimeUnit.SECONDS).join();
  }

  private static String request() {
    return UUID.randomUUID().toString();
  }

  /** Leaves the cluster in order. */
  @Override
  public void close() {
    gateway.close();
    hasher.close();
    ActorTestKit.shutdown(system, STEP);
  }
}
