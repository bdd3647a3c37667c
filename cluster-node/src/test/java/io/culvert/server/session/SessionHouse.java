package io.culvert.server.session;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.vpn.CipherSuite;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.model.vpn.VpnProtocol;
import io.culvert.model.vpn.VpnSettings;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.server.admission.ClaimPace;
import io.culvert.server.admission.GuessLimiter;
import io.culvert.server.admission.LogonSlots;
import io.culvert.server.authentication.Argon2PasswordHasher;
import io.culvert.server.authentication.EntityHouse;
import io.culvert.server.authentication.EntityNodeAuthenticator;
import io.culvert.server.authentication.NodeAuthenticator;
import io.culvert.server.authentication.ResumptionTickets;
import io.culvert.server.feed.FeedRouter;
import io.culvert.server.pki.CertificateAuthority;
import io.culvert.server.pki.ClusterKeys;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Sessions with all that is theirs and real: entities, authentication, keys, router, feeds. */
final class SessionHouse implements AutoCloseable {
  static final String PASSWORD = "correct horse battery";
  static final Duration GRACE = Duration.ofSeconds(1);
  static final Duration TICKET_LIFETIME = Duration.ofMinutes(5);
  private static final Duration STEP = Duration.ofSeconds(20);
  private static final AtomicInteger VPNS = new AtomicInteger();

  final EntityHouse house = EntityHouse.open();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private LogonSlots slots = new LogonSlots(1_000, System::nanoTime, new Random());
  private final Argon2PasswordHasher hasher = new Argon2PasswordHasher(new SecureRandom());
  private final String verifier = hasher.hash(PASSWORD.toCharArray()).toCompletableFuture().join();
  private final List<Agent> agents = new ArrayList<>();
  private final ClusterKeys keys;
  private final ActorRef<FeedRouter.Message> router;
  private final ResumptionTickets tickets;

  SessionHouse(Path directory) {
    keys =
        ClusterKeys.open(
            directory.resolve("keys"), "srv", List.of("srv"), new SecureRandom(), house.clock());
    tickets = new ResumptionTickets(keys.masterKey(), new SecureRandom(), TICKET_LIFETIME);
    router = house.kit().spawn(FeedRouter.create(house.shards()::vpn, GRACE, new AtomicInteger()));
  }

  // ---- what an administrator does ----

  NodeId createNode() {
    NodeId node = house.createNode();
    house.require(
        node,
        replyTo ->
            new NodeProtocol.SetPassword(EntityHouse.requestId(), node.name(), verifier, replyTo));
    return node;
  }

  void suspend(NodeId node) {
    house.require(node, replyTo -> new NodeProtocol.SuspendNode(EntityHouse.requestId(), replyTo));
  }

  /** A certificate of the CA for this node that the node's entity does not know. */
  X509Certificate issue(NodeId node) {
    try {
      return keys.authority()
          .issueNode(KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic(), node);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** A certificate that is the node's credential. */
  X509Certificate enrol(NodeId node) {
    X509Certificate certificate = issue(node);
    String fingerprint = HexFormat.of().formatHex(CertificateAuthority.fingerprint(certificate));
    house.require(
        node,
        replyTo ->
            new NodeProtocol.EnrolWithPassword(EntityHouse.requestId(), fingerprint, replyTo));
    return certificate;
  }

  /** A VPN with these members, of which their own entities know. */
  VpnId createVpn(NodeId... nodes) {
    VpnId vpn = VpnId.parse("acme/vpn" + VPNS.incrementAndGet());
    VpnSettings settings =
        new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.1.0.0/16", "fd00:1::/64");
    change(vpn, replyTo -> new VpnProtocol.CreateVpn(EntityHouse.requestId(), settings, replyTo));
    for (NodeId node : nodes) {
      change(
          vpn,
          replyTo -> new VpnProtocol.AdmitNode(EntityHouse.requestId(), node, Role.SPOKE, replyTo));
      probe()
          .awaitAssert(
              STEP,
              () -> {
                if (!read(node).node().memberships().containsKey(vpn)) {
                  throw new AssertionError(node + " does not know of " + vpn);
                }
                return vpn;
              });
    }
    return vpn;
  }

  void remove(VpnId vpn, NodeId node) {
    change(vpn, replyTo -> new VpnProtocol.RemoveNode(EntityHouse.requestId(), node, replyTo));
  }

  private void change(
      VpnId vpn, Function<ActorRef<VpnProtocol.Reply>, VpnProtocol.Command> command) {
    VpnProtocol.Reply reply =
        house
            .shards()
            .vpn(vpn)
            .<VpnProtocol.Reply>ask(command::apply, STEP)
            .toCompletableFuture()
            .join();
    if (!(reply instanceof VpnProtocol.Changed)) {
      throw new AssertionError(String.valueOf(reply));
    }
  }

  NodeProtocol.CurrentState read(NodeId node) {
    return (NodeProtocol.CurrentState) house.ask(node, NodeProtocol.ReadNode::new);
  }

  /** Until the node's entity knows of this owner; null: of none. */
  void awaitOwner(NodeId node, @Nullable String sessionId) {
    probe()
        .awaitAssert(
            STEP,
            () -> {
              NodeProtocol.Owner owner = read(node).owner();
              String owning = owner == null ? null : owner.sessionId();
              if (!Objects.equals(owning, sessionId)) {
                throw new AssertionError("%s is owned by %s".formatted(node, owning));
              }
              return node;
            });
  }

  /** From now on so many logons a second are taken. */
  void limitLogons(int perSecond) {
    slots = new LogonSlots(perSecond, System::nanoTime, new Random());
  }

  /** The online members of a VPN. */
  Set<NodeId> online(VpnId vpn) {
    TestProbe<FeedRouter.VpnStatus> answers =
        house.kit().createTestProbe(FeedRouter.VpnStatus.class);
    router.tell(new FeedRouter.ReadVpnStatus(vpn, members(vpn), answers.getRef()));
    return answers.receiveMessage(STEP).members().keySet();
  }

  private Set<NodeId> members(VpnId vpn) {
    VpnProtocol.Reply reply =
        house
            .shards()
            .vpn(vpn)
            .<VpnProtocol.Reply>ask(VpnProtocol.ReadVpn::new, STEP)
            .toCompletableFuture()
            .join();
    return ((VpnProtocol.CurrentState) reply).state().memberships().keySet();
  }

  /** Until these and no others are online. */
  void awaitOnline(VpnId vpn, NodeId... nodes) {
    probe()
        .awaitAssert(
            STEP,
            () -> {
              if (!online(vpn).equals(Set.of(nodes))) {
                throw new AssertionError("online: " + online(vpn));
              }
              return vpn;
            });
  }

  private TestProbe<Object> probe() {
    return house.kit().createTestProbe();
  }

  // ---- agents ----

  Agent connect() {
    return connect(null);
  }

  Agent connect(@Nullable X509Certificate certificate) {
    return connect(
        certificate,
        new EntityNodeAuthenticator(house.shards(), hasher, new GuessLimiter(System::nanoTime)));
  }

  Agent connect(@Nullable X509Certificate certificate, NodeAuthenticator authenticator) {
    SessionEnvironment environment =
        new SessionEnvironment(
            "server1",
            "test",
            authenticator,
            keys.masterKey(),
            house.shards()::node,
            router,
            house.clock(),
            slots,
            new ClaimPace(1_000, () -> false, System::nanoTime),
            new LogonCounters(meters),
            tickets);
    RecordingStream stream = new RecordingStream();
    Connection connection = new Connection(new byte[] {127, 0, 0, 1}, 40_000, certificate);
    Agent agent =
        new Agent(stream, house.kit().spawn(AgentSession.create(environment, connection, stream)));
    agents.add(agent);
    return agent;
  }

  /** An agent whose words go straight to its session. */
  record Agent(RecordingStream stream, ActorRef<AgentSession.Command> session) {
    void say(AgentFrame frame) {
      session.tell(new AgentSession.FromAgent(frame));
    }

    /** Says hello and logs on; nothing is read. */
    void logon(NodeId node, @Nullable String password) {
      say(AgentFrames.hello(1, 1));
      say(AgentFrames.logon(node, password));
    }

    /** Hello and logon with the right password, until Synchronized; what came, in order. */
    List<ServerFrame> link(NodeId node) {
      logon(node, PASSWORD);
      return untilSynchronized();
    }

    /** The same of an agent that will ask for changes. */
    List<ServerFrame> linkToPull(NodeId node) {
      say(AgentFrames.hello(1, 1));
      say(
          AgentFrames.logon(
              node, PASSWORD, AgentFrames.attributes(4500).setPullIntervalMs(60_000).build()));
      return untilSynchronized();
    }

    private List<ServerFrame> untilSynchronized() {
      List<ServerFrame> all = new ArrayList<>();
      do {
        all.add(stream.next());
      } while (!all.getLast().hasSynchronized());
      return all;
    }
  }

  /** In the order of a server: who speaks to entities ends before them. */
  @Override
  public void close() {
    for (Agent agent : agents) {
      agent.session().tell(AgentSession.ServerStops.INSTANCE);
      probe().expectTerminated(agent.session(), STEP);
    }
    house.kit().stop(router, STEP);
    hasher.close();
    house.close();
  }
}
