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
 * <p>What the server owes counts from the first byte of a connection, or from one that comes after
 * an answer, to the next answer; a new connection counts so too for a while before its first byte.
 * Handshakes that wait for the agent have a limit of their own, so that a crowd of slow agents does
 * not pile up until all lose their patience. Who is silent for {@link #SILENCE} counts no more: the
 * far away, the slow, and those that are silent on purpose keep nobody out for longer.
 *
 * <p>A handler of the listening channel and of each connection, on their event loops, and gRPC's
 * filter, which is told of finished handshakes on other threads.
 */
final class HandshakeLimiter extends ServerTransportFilter {
  /** So many keep the processors busy, and are served within seconds by a server that is cold. */
  static final int FOR_EACH_PROCESSOR = 4;

  /** So many are under way at a time, whoever's turn it is. */
  static final int UNDER_WAY_FOR_EACH_PROCESSOR = 32;

  /** How many may wait in the kernel: an agent that waits there has begun to lose patience. */
  static final int BACKLOG = 16;

  private static final Duration SILENCE = Duration.ofSeconds(1);
  private static final String NAME = "handshake-limiter";

  private final int limit;
  private final int limitUnderWay;
  private final Duration silence;
  private final Map<SocketAddress, Handshake> begun = new ConcurrentHashMap<>();
  private final AtomicInteger owed = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();

  /**
   * Without connections.
   *
   * @param limit for how many handshakes the server may owe an answer, at least 1
   * @param limitUnderWay how many handshakes may be under way, no less than {@code limit}
   * @param silence after which a handshake does not count until the agent speaks again
   */
  HandshakeLimiter(int limit, int limitUnderWay, Duration silence) {
    this.limit = limit;
    this.limitUnderWay = limitUnderWay;
    this.silence = silence;
  }

  /** Of a server with so many processors. */
  static HandshakeLimiter forProcessors(int processors) {
    return new HandshakeLimiter(
        FOR_EACH_PROCESSOR * processors, UNDER_WAY_FOR_EACH_PROCESSOR * processors, SILENCE);
  }

  /** For how many handshakes the server owes an answer now. */
  int owed() {
    return owed.get();
  }

  /** How many handshakes are under way, without those whose agent is silent. */
  int underWay() {
    return underWay.get();
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
        handshake.begins();
        handshake.decide();
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
    private final AtomicBoolean counting = new AtomicBoolean();

    /** How often the agent has spoken. */
    private final AtomicInteger words = new AtomicInteger();

    private volatile boolean over;

    Handshake(Channel listener, SocketAddress remote) {
      this.listener = listener;
      this.remote = remote;
    }

    boolean isOver() {
      return over;
    }

    void begins() {
      counts();
      owes();
      listens();
    }

    void hears() {
      words.incrementAndGet();
      counts();
      owes();
    }

    /** It is the agent's turn. */
    void answers() {
      owesNothing();
      if (!over) {
        listens();
      }
    }

    /** If the agent says nothing for a while, it does not count until it does. */
    private void listens() {
      int heard = words.get();
      var _ =
          listener
              .eventLoop()
              .schedule(
                  () -> {
                    if (words.get() == heard) {
                      owesNothing();
                      countsNoMore();
                    }
                  },
                  silence.toMillis(),
                  TimeUnit.MILLISECONDS);
    }

    private void counts() {
      if (counting.compareAndSet(false, true) && underWay.incrementAndGet() == limitUnderWay) {
        listener.eventLoop().execute(this::decide);
      }
      if (over) {
        countsNoMore();
      }
    }

    private void countsNoMore() {
      if (counting.compareAndSet(true, false) && underWay.decrementAndGet() == limitUnderWay - 1) {
        listener.eventLoop().execute(this::decide);
      }
    }

    private void owes() {
      if (owing.compareAndSet(false, true) && owed.incrementAndGet() == limit) {
        listener.eventLoop().execute(this::decide);
      }
      if (over) {
        owesNothing();
      }
    }

    private void owesNothing() {
      if (owing.compareAndSet(true, false) && owed.decrementAndGet() == limit - 1) {
        listener.eventLoop().execute(this::decide);
      }
    }

    /** On the listening channel's event loop, after each change that may matter. */
    private void decide() {
      listener.config().setAutoRead(owed.get() < limit && underWay.get() < limitUnderWay);
    }

    void end() {
      over = true;
      owesNothing();
      countsNoMore();
      begun.remove(remote, this);
    }
  }
}
