package io.culvert.agent.control;

import io.culvert.agent.discovery.ServerFinder;
import io.culvert.agent.link.ServerConnection;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.AgentGatewayGrpc;
import io.culvert.protocol.v1.ServerFrame;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.StreamObserver;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Objects;
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

  private final ManagedChannel channel;
  private final StreamObserver<AgentFrame> outbound;

  private Link(ManagedChannel channel, StreamObserver<AgentFrame> outbound) {
    this.channel = channel;
    this.outbound = outbound;
  }

  /**
   * Begins a link over a connection, which is the link's from then on.
   *
   * @param onFrame called for each frame, in order
   * @param onEnd called once, with a reason for people
   */
  static Link open(
      ServerFinder.Found found,
      SslContext tls,
      Consumer<ServerFrame> onFrame,
      Consumer<String> onEnd) {
    ManagedChannel channel =
        ServerConnection.over(found, tls)
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
                    onEnd.accept(reason(failure));
                  }

                  @Override
                  public void onCompleted() {
                    onEnd.accept("the server ended the link");
                  }
                });
    return new Link(channel, outbound);
  }

  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root instanceof ClosedChannelException
        ? "the server closed the connection"
        : Objects.requireNonNullElse(root.getMessage(), root.toString());
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
