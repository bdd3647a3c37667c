package io.culvert.server.agentgateway;

import io.culvert.model.sharding.EntityShards;
import io.culvert.server.admission.ClaimPace;
import io.culvert.server.admission.LogonSlots;
import io.culvert.server.authentication.NodeAuthenticator;
import io.culvert.server.authentication.NodeEnrolment;
import io.culvert.server.authentication.ResumptionTickets;
import io.culvert.server.feed.AppliedRevisions;
import io.culvert.server.feed.FeedRouter;
import io.culvert.server.pki.MasterKey;
import io.culvert.server.pki.ServerTls;
import io.culvert.server.session.LogonCounters;
import io.culvert.server.session.SessionEnvironment;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/** The agents' door: gRPC over TLS 1.3. Thread-safe. */
public final class AgentGateway implements AutoCloseable {
  private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration TICKET_KEYS_INTERVAL = Duration.ofMinutes(1);

  private final AgentDoor door;
  private final ActorSystem<?> system;
  private final ActorRef<FeedRouter.Message> router;
  private final LinkService links;

  private AgentGateway(
      AgentDoor door,
      ActorSystem<?> system,
      ActorRef<FeedRouter.Message> router,
      LinkService links) {
    this.door = door;
    this.system = system;
    this.router = router;
    this.links = links;
  }

  /**
   * Starts the router and the door.
   *
   * @param slots for logons
   * @param tickets with which agents come back
   * @throws UncheckedIOException if the address cannot be bound
   */
  public static AgentGateway start(
      ActorSystem<?> system,
      GatewaySettings settings,
      ServerTls tls,
      MasterKey masterKey,
      NodeAuthenticator authenticator,
      NodeEnrolment enrolment,
      LogonSlots slots,
      ResumptionTickets tickets,
      MeterRegistry meters) {
    EntityShards shards = EntityShards.of(system);
    InstantSource clock = InstantSource.system();
    ActorRef<FeedRouter.Message> router =
        system.systemActorOf(
            FeedRouter.create(shards::vpn, settings.presenceGrace(), silentFeeds(meters)),
            "feed-router",
            Props.empty());
    HandshakeLimiter handshakes =
        HandshakeLimiter.forProcessors(Runtime.getRuntime().availableProcessors());
    SessionEnvironment environment =
        new SessionEnvironment(
            tls.identity().serverName(),
            version(),
            authenticator,
            masterKey,
            shards::node,
            router,
            clock,
            slots,
            new ClaimPace(
                ClaimPace.FOR_EACH_PROCESSOR * Runtime.getRuntime().availableProcessors(),
                () -> handshakes.waiting() > 0,
                System::nanoTime),
            new LogonCounters(meters),
            tickets);
    LinkService links = new LinkService(system, environment, handshakes::callBegins);
    Gauge.builder("culvert.sessions", links, LinkService::sessionCount)
        .description("Connected agents")
        .register(meters);
    GatewayTls gatewayTls = GatewayTls.of(tls, masterKey, clock.instant());
    var _ =
        system
            .scheduler()
            .scheduleWithFixedDelay(
                TICKET_KEYS_INTERVAL,
                TICKET_KEYS_INTERVAL,
                () -> gatewayTls.renewKeys(clock.instant()),
                system.executionContext());
    AgentDoor door =
        AgentDoor.open(
            settings.listen(),
            settings.maxFrameBytes(),
            gatewayTls,
            handshakes,
            links.bind(enrolment),
            clock,
            meters);
    return new AgentGateway(door, system, router, links);
  }

  private static AtomicInteger silentFeeds(MeterRegistry meters) {
    AtomicInteger silentFeeds = new AtomicInteger();
    Gauge.builder("culvert.feeds.stale", silentFeeds, AtomicInteger::get)
        .description("VPNs of this server's agents whose shard does not answer")
        .register(meters);
    return silentFeeds;
  }

  /** Of this program. */
  public static String version() {
    String version = AgentGateway.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** The bound TCP port. */
  public int port() {
    return door.port();
  }

  /** How many agents are linked to this server. */
  public int agents() {
    return links.sessionCount();
  }

  /** What agents of the whole cluster have applied. */
  public AppliedRevisions appliedRevisions() {
    return (vpn, members) ->
        AskPattern.<FeedRouter.Message, FeedRouter.VpnStatus>ask(
                router,
                replyTo -> new FeedRouter.ReadVpnStatus(vpn, members, replyTo),
                STATUS_TIMEOUT,
                system.scheduler())
            .thenApply(FeedRouter.VpnStatus::members);
  }

  /**
   * Tells the agents to move, spread over the time given, and takes no new ones. Done when all have
   * gone, or the time and a little more has passed.
   */
  public CompletionStage<Done> drain(Duration spread) {
    return links.drain(spread);
  }

  /**
   * Tells some of the agents to move to other servers.
   *
   * @param spread each at its own moment within this time
   */
  public void move(int agents, Duration spread) {
    links.move(agents, spread);
  }

  /** Ends all streams and the door. */
  @Override
  public void close() {
    door.shut();
    links.stop();
    door.close();
  }
}
