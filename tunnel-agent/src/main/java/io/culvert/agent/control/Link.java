package io.culvert.agent.control;

import io.culvert.agent.discovery.ServerAddresses;
import io.culvert.agent.enrolment.NodeIdentity;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.AgentGatewayGrpc;
import io.culvert.protocol.v1.ServerFrame;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.stub.StreamObserver;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One stream to one address of a server. Frames come on gRPC's threads; {@link #send} and {@link
 * #close} belong to the control thread.
 */
final class Link {
  private static final Duration KEEPALIVE_INTERVAL = Duration.ofSeconds(10);
  private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_FRAME_BYTES = 16 * 1024 * 1024;

  /**
   * How a link has ended.
   *
   * @param reason for people
   * @param unreachable whether the address did not even accept the connection
   */
  record End(String reason, boolean unreachable) {}

  private final ManagedChannel channel;
  private final StreamObserver<AgentFrame> outbound;

  private Link(ManagedChannel channel, StreamObserver<AgentFrame> outbound) {
    this.channel = channel;
    this.outbound = outbound;
  }

  /**
   * Begins to connect.
   *
   * @param connectPatience how long the address may take to accept the connection
   * @param onFrame called for each frame, in order
   * @param onEnd called once
   */
  static Link open(
      ServerAddresses.Target target,
      NodeIdentity identity,
      Duration connectPatience,
      Consumer<ServerFrame> onFrame,
      Consumer<End> onEnd) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(target.address())
            .overrideAuthority(target.authority())
            .sslContext(sslContext(identity))
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectPatience.toMillis())
            .keepAliveTime(KEEPALIVE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .maxInboundMessageSize(MAX_FRAME_BYTES)
            // What comes is only handed to the control thread: no thread between.
            .directExecutor()
            .build();
    StreamObserver<AgentFrame> outbound =
        AgentGatewayGrpc.newStub(channel)
            .link(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerFrame frame) {
                    onFrame.accept(frame);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    onEnd.accept(end(failure));
                  }

                  @Override
                  public void onCompleted() {
                    onEnd.accept(new End("the server ended the link", false));
                  }
                });
    return new Link(channel, outbound);
  }

  private static SslContext sslContext(NodeIdentity identity) {
    // A key store would encrypt the key with 10,000 rounds and decrypt it again, for each link.
    AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    keys.updateIdentityCredentials(
        new X509Certificate[] {identity.certificate(), identity.authority()},
        identity.privateKey());
    try {
      return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
          .trustManager(identity.authority())
          .keyManager(keys)
          .protocols("TLSv1.3")
          .build();
    } catch (IOException e) {
      throw new IllegalStateException("cannot use the node's certificate", e);
    }
  }

  private static End end(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new End(
        String.valueOf(root.getMessage()),
        root instanceof ConnectException || root instanceof NoRouteToHostException);
  }

  void send(AgentFrame frame) {
    outbound.onNext(frame);
  }

  /** Ends the stream after what was sent has gone, and the connection. */
  void complete(Duration patience) {
    outbound.onCompleted();
    channel.shutdown();
    try {
      if (!channel.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException e) {
      channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the connection at once. */
  void close() {
    channel.shutdownNow();
  }
}
