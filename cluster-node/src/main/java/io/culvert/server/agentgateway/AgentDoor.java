package io.culvert.server.agentgateway;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The listening socket of the agents: gRPC over TLS 1.3, with its threads. Thread-safe. */
final class AgentDoor implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** HTTP/2 pings find agents that are gone without a word. */
  private static final Duration KEEPALIVE_INTERVAL = Duration.ofSeconds(20);

  private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SHORTEST_PING = Duration.ofSeconds(5);

  /** Connections that come between two looks of the listening thread. */
  private static final int BACKLOG = 1024;

  /** An agent needs one link, and one enrolment before it. */
  private static final int MAX_CALLS = 4;

  private static final int MAX_METADATA_BYTES = 8 * 1024;
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private final EventLoopGroup listening;
  private final EventLoopGroup connections;
  private final ExecutorService executor;
  private final Server server;

  private AgentDoor(
      EventLoopGroup listening,
      EventLoopGroup connections,
      ExecutorService executor,
      Server server) {
    this.listening = listening;
    this.connections = connections;
    this.executor = executor;
    this.server = server;
  }

  /**
   * Begins to listen.
   *
   * @throws UncheckedIOException if the address cannot be bound
   */
  static AgentDoor open(
      InetSocketAddress listen,
      int maxFrameBytes,
      GatewayTls tls,
      HandshakeLimiter handshakes,
      ServerServiceDefinition service,
      InstantSource clock,
      MeterRegistry meters) {
    Gauge.builder("culvert.gateway.handshakes", handshakes, HandshakeLimiter::owed)
        .description("TLS handshakes of agents that wait for this server")
        .register(meters);
    Gauge.builder("culvert.gateway.waiting", handshakes, HandshakeLimiter::waiting)
        .description("Connections of agents that were not let in yet")
        .register(meters);
    FunctionCounter.builder("culvert.gateway.tls.resumed", tls, GatewayTls::resumed)
        .description("Handshakes that were shortened by a session ticket")
        .register(meters);
    EventLoopGroup listening =
        new NioEventLoopGroup(1, new DefaultThreadFactory("culvert-accept", true));
    EventLoopGroup connections =
        new NioEventLoopGroup(PROCESSORS, new DefaultThreadFactory("culvert-connections", true));
    // Signatures of handshakes, and the beginnings of calls, in the order in which they came.
    ExecutorService executor =
        Executors.newFixedThreadPool(
            Math.max(2, PROCESSORS),
            Thread.ofPlatform().daemon().name("culvert-gateway-", 0).factory());
    try {
      Server server =
          NettyServerBuilder.forAddress(listen)
              .bossEventLoopGroup(listening)
              .workerEventLoopGroup(connections)
              .channelFactory(handshakes::listener)
              .withOption(ChannelOption.SO_BACKLOG, BACKLOG)
              .sslContext(tls.context())
              .executor(executor)
              .maxInboundMessageSize(maxFrameBytes)
              .maxInboundMetadataSize(MAX_METADATA_BYTES)
              .handshakeTimeout(HANDSHAKE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
              .keepAliveTime(KEEPALIVE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
              .keepAliveTimeout(KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
              .permitKeepAliveTime(SHORTEST_PING.toMillis(), TimeUnit.MILLISECONDS)
              .permitKeepAliveWithoutCalls(true)
              .maxConcurrentCallsPerConnection(MAX_CALLS)
              .addTransportFilter(handshakes)
              .intercept(new ConnectionInterceptor(clock))
              .addService(service)
              .build()
              .start();
      return new AgentDoor(listening, connections, executor, server);
    } catch (IOException e) {
      stop(listening, connections, executor);
      throw new UncheckedIOException(
          "cannot listen for agents at %s: %s".formatted(listen, e.getMessage()), e);
    }
  }

  /** The bound TCP port. */
  int port() {
    return server.getPort();
  }

  /** Takes no new connections. */
  void shut() {
    server.shutdown();
  }

  /** Waits a little for the connections to end, and ends them. */
  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    stop(listening, connections, executor);
  }

  private static void stop(
      EventLoopGroup listening, EventLoopGroup connections, ExecutorService executor) {
    executor.shutdown();
    var _ = listening.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    var _ = connections.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
