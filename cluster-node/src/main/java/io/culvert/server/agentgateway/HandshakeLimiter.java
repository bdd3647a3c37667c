package io.culvert.server.agentgateway;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes no further connections while so many are in their handshakes. The others wait in the
 * kernel, or, when its queue is full, hear nothing and try another server: when thousands of agents
 * come at one moment, those that were taken are served in time, and the others cost nothing. If all
 * were taken, all would be late together, give up, and begin anew.
 *
 * <p>Whoever connects and then says nothing holds a place for {@link #PATIENCE} only.
 *
 * <p>A handler of the listening channel, whose event loop owns it, and gRPC's filter, which is told
 * of finished handshakes on other threads.
 */
final class HandshakeLimiter extends ServerTransportFilter {
  /** So many keep the processors busy, also when agents are far away. */
  static final int FOR_EACH_PROCESSOR = 64;

  /** How many may wait in the kernel: an agent that waits there has begun to lose patience. */
  static final int BACKLOG = 128;

  /** A handshake that takes longer does not keep others out. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final int limit;
  private final Map<SocketAddress, Handshake> begun = new ConcurrentHashMap<>();
  private final AtomicInteger running = new AtomicInteger();

  /**
   * Without connections.
   *
   * @param limit how many may be in their handshakes, at least 1
   */
  HandshakeLimiter(int limit) {
    this.limit = limit;
  }

  /** How many are in their handshakes now. */
  int running() {
    return running.get();
  }

  /** A listening channel that takes one connection after the other, and asks first. */
  ServerChannel listener() {
    NioServerSocketChannel listener = new NioServerSocketChannel();
    // By default it takes up to 16 before it asks.
    var _ = listener.config().setRecvByteBufAllocator(new ServerChannelRecvByteBufAllocator());
    var _ = listener.pipeline().addLast("handshake-limiter", new Door());
    return listener;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    SocketAddress remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    Handshake handshake = remote == null ? null : begun.get(remote);
    if (handshake != null) {
      handshake.end();
    }
    return attributes;
  }

  private final class Door extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      Channel listener = context.channel();
      Channel connection = (Channel) accepted;
      SocketAddress remote = connection.remoteAddress();
      if (remote != null) {
        Handshake handshake = new Handshake(listener, remote);
        begun.put(remote, handshake);
        if (running.incrementAndGet() >= limit) {
          listener.config().setAutoRead(false);
        }
        var _ = connection.closeFuture().addListener(closed -> handshake.end());
      }
      context.fireChannelRead(accepted);
    }
  }

  /** From the connection to the first word of HTTP/2. */
  private final class Handshake {
    private final Channel listener;
    private final SocketAddress remote;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Future<?> timeout;

    Handshake(Channel listener, SocketAddress remote) {
      this.listener = listener;
      this.remote = remote;
      this.timeout =
          listener.eventLoop().schedule(this::end, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Once; on any thread. */
    void end() {
      if (ended.compareAndSet(false, true)) {
        var _ = timeout.cancel(false);
        begun.remove(remote, this);
        if (running.decrementAndGet() < limit && !listener.config().isAutoRead()) {
          listener.eventLoop().execute(() -> listener.config().setAutoRead(true));
        }
      }
    }
  }
}
