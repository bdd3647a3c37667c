package io.culvert.server.agentgateway;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelDuplexHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelPromise;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes no further connections while so many wait for this server's next step in their handshakes.
 * The others wait in the kernel, or, when its queue is full, hear nothing and try another server:
 * when thousands of agents come at one moment, those that were taken are served in time, and the
 * others cost nothing. If all were taken, all would be late together, give up, and begin anew.
 *
 * <p>Only what the server owes counts: from the first byte of a connection, or from one that comes
 * after an answer, to the next answer. Who is far away, slow, or silent on purpose keeps nobody
 * out, but that a new connection counts for {@link #FIRST_WORD} before its first byte.
 *
 * <p>A handler of the listening channel and of each connection, on their event loops, and gRPC's
 * filter, which is told of finished handshakes on other threads.
 */
final class HandshakeLimiter extends ServerTransportFilter {
  /** So many keep the processors busy, and are served within seconds by a server that is cold. */
  static final int FOR_EACH_PROCESSOR = 4;

  /** How many may wait in the kernel: an agent that waits there has begun to lose patience. */
  static final int BACKLOG = 16;

  private static final Duration FIRST_WORD = Duration.ofSeconds(1);
  private static final String NAME = "handshake-limiter";

  private final int limit;
  private final Duration firstWord;
  private final Map<SocketAddress, Handshake> begun = new ConcurrentHashMap<>();
  private final AtomicInteger owed = new AtomicInteger();

  /**
   * Without connections.
   *
   * @param limit for how many handshakes the server may owe an answer, at least 1
   */
  HandshakeLimiter(int limit) {
    this(limit, FIRST_WORD);
  }

  HandshakeLimiter(int limit, Duration firstWord) {
    this.limit = limit;
    this.firstWord = firstWord;
  }

  /** For how many handshakes the server owes an answer now. */
  int owed() {
    return owed.get();
  }

  /** A listening channel that takes one connection after the other, and asks first. */
  ServerChannel listener() {
    NioServerSocketChannel listener = new NioServerSocketChannel();
    // By default it takes up to 16 before it asks.
    var _ = listener.config().setRecvByteBufAllocator(new ServerChannelRecvByteBufAllocator());
    var _ = listener.pipeline().addLast(NAME, new Door());
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
      Channel connection = (Channel) accepted;
      SocketAddress remote = connection.remoteAddress();
      if (remote != null) {
        Handshake handshake = new Handshake(context.channel(), remote);
        begun.put(remote, handshake);
        var _ = connection.pipeline().addLast(NAME, new Watch(handshake));
        var _ = connection.closeFuture().addListener(closed -> handshake.end());
        handshake.owes();
        handshake.decide();
        var _ =
            context
                .channel()
                .eventLoop()
                .schedule(handshake::hasHeardNothing, firstWord.toMillis(), TimeUnit.MILLISECONDS);
      }
      context.fireChannelRead(accepted);
    }
  }

  /** Sees what comes and goes before TLS does. */
  private static final class Watch extends ChannelDuplexHandler {
    private final Handshake handshake;

    Watch(Handshake handshake) {
      this.handshake = handshake;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      if (handshake.isOver()) {
        var _ = context.pipeline().remove(this);
      } else {
        handshake.hears();
      }
      context.fireChannelRead(bytes);
    }

    @Override
    public void write(ChannelHandlerContext context, Object bytes, ChannelPromise promise) {
      handshake.answers();
      var _ = context.write(bytes, promise);
    }
  }

  /** From the connection to the first word of HTTP/2. Thread-safe. */
  private final class Handshake {
    private final Channel listener;
    private final SocketAddress remote;
    private final AtomicBoolean owing = new AtomicBoolean();
    private volatile boolean heard;
    private volatile boolean over;

    Handshake(Channel listener, SocketAddress remote) {
      this.listener = listener;
      this.remote = remote;
    }

    boolean isOver() {
      return over;
    }

    void hears() {
      heard = true;
      owes();
    }

    void hasHeardNothing() {
      if (!heard) {
        answers();
      }
    }

    void owes() {
      if (owing.compareAndSet(false, true) && owed.incrementAndGet() == limit) {
        listener.eventLoop().execute(this::decide);
      }
      if (over) {
        answers();
      }
    }

    void answers() {
      if (owing.compareAndSet(true, false) && owed.decrementAndGet() == limit - 1) {
        listener.eventLoop().execute(this::decide);
      }
    }

    /** On the listening channel's event loop, after each change that may matter. */
    private void decide() {
      listener.config().setAutoRead(owed.get() < limit);
    }

    void end() {
      over = true;
      answers();
      begun.remove(remote, this);
    }
  }
}
