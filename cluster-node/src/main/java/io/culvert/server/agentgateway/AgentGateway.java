package io.culvert.server.agentgateway;

import io.culvert.model.sharding.EntityShards;
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
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/** The agents' door: gRPC over TLS 1.3. Thread-safe. */
public final class AgentGateway implements AutoCloseable {
  private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** HTTP/2 pings find agents that are gone without a word. */
  private static final Duration KEEPALIVE_INTERVAL = Duration.ofSeconds(20);

  private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  /** An agent needs one link, and one enrolment before it. */
  private static final int MAX_CALLS = 4;

  /**
   * Handshakes and the beginnings of calls, in the order in which they came: when many agents come
   * at once the first are served in time. With a thread for each, all would be late together, and
   * come again.
   */
  private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private final Server server;
  private final ExecutorService executor;
  private final ActorSystem<?> system;
  private final ActorRef<FeedRouter.Message> router;
  private final LinkService links;

  private AgentGateway(
      Server server,
      ExecutorService executor,
      ActorSystem<?> system,
      ActorRef<FeedRouter.Message> router,
      LinkService links) {
    this.server = server;
    this.executor = executor;
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
    ActorRef<FeedRouter.Message> router =
        system.systemActorOf(
            FeedRouter.create(shards::vpn, settings.presenceGrace(), silentFeeds(meters)),
            "feed-router",
            Props.empty());
    SessionEnvironment environment =
        new SessionEnvironment(
            tls.identity().serverName(),
            version(),
            authenticator,
            masterKey,
            shards::node,
            router,
            InstantSource.system(),
            slots,
            new LogonCounters(meters),
            tickets);
    LinkService links = new LinkService(system, environment);
    Gauge.builder("culvert.sessions", links, LinkService::sessionCount)
        .description("Connected agents")
        .register(meters);
    ExecutorService executor =
        Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("culvert-gateway-", 0).factory());
    try {
      Server server =
          NettyServerBuilder.forAddress(settings.listen())
              .sslContext(sslContext(tls))
              .executor(executor)
              .maxInboundMessageSize(settings.maxFrameBytes())
              .maxInboundMetadataSize(8192)
              .handshakeTimeout(HANDSHAKE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
              .keepAliveTime(KEEPALIVE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
              .keepAliveTimeout(KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
              .permitKeepAliveTime(5, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true)
              .maxConcurrentCallsPerConnection(MAX_CALLS)
              .intercept(new ConnectionInterceptor())
              .addService(links.bind(enrolment))
              .build()
              .start();
      return new AgentGateway(server, executor, system, router, links);
    } catch (IOException e) {
      executor.shutdownNow();
      throw new UncheckedIOException(
          "cannot listen for agents at %s: %s".formatted(settings.listen(), e.getMessage()), e);
    }
  }

  private static AtomicInteger silentFeeds(MeterRegistry meters) {
    AtomicInteger silentFeeds = new AtomicInteger();
    Gauge.builder("culvert.feeds.stale", silentFeeds, AtomicInteger::get)
        .description("VPNs of this server's agents whose shard does not answer")
        .register(meters);
    return silentFeeds;
  }

  private static SslContext sslContext(ServerTls tls) throws IOException {
    return GrpcSslContexts.configure(SslContextBuilder.forServer(tls.keyManager()), SslProvider.JDK)
        .trustManager(tls.identity().certificateAuthority())
        .clientAuth(ClientAuth.OPTIONAL)
        .protocols("TLSv1.3")
        .build();
  }

  /** Of this program. */
  public static String version() {
    String version = AgentGateway.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** The bound TCP port. */
  public int port() {
    return server.getPort();
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
    server.shutdown();
    links.stop();
    try {
      if (!server.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    executor.shutdown();
  }
}
