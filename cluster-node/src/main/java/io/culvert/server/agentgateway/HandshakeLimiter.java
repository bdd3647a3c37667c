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
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lets no further agents in while so many wait for this server's next step in their handshakes, or
 * are between their handshake and their link. The others wait in their order ({@link WaitingRoom}):
 * when thousands of agents come at one moment, those that were let in are served in time, and the
 * others cost next to nothing. If all were let in, all would be late together, give up, and begin
 * anew.
 *
 * <p>What the server owes counts from an agent's word to the next answer; a new connection counts
 * so too for a while before its first word. Bytes with which TLS can do nothing until more of them
 * come are no word. All that is under way has a limit of its own, whoever's turn it is, so that a
 * crowd of slow agents does not pile up until all lose their patience. Who says nothing at all for
 * {@link #SILENCE}, whose next word in a handshake takes {@link #LONGEST_ANSWER}, or whose call
 * takes {@link #LONGEST_CALL}, counts no more: the slow, and those that are silent on purpose, keep
 * nobody out for longer.
 *
 * <p>A handler of the listening channel and of each connection, on their event loops, and gRPC's
 * filter, which is told of finished handshakes on other threads.
 */
final class HandshakeLimiter extends ServerTransportFilter {
  /** So many keep the processors busy, and are served within seconds by a server that is cold. */
  static final int FOR_EACH_PROCESSOR = 4;

  /** So many are under way at a time, whoever's turn it is. */
  static final int UNDER_WAY_FOR_EACH_PROCESSOR = 32;

  private static final Duration SILENCE = Duration.ofSeconds(1);

  /**
   * An agent whose computer starts at the same moment needs this long; if it counted for a second
   * only, so many more would be let in that Netty's 10 s end their handshakes.
   */
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);

  private static final Duration LONGEST_CALL = Duration.ofSeconds(5);
  private static final String NAME = "handshake-limiter";

  private final int limit;
  private final int limitUnderWay;
  private final Duration silence;
  private final Duration longestAnswer;
  private final WaitingRoom waiting;
  private final Map<SocketAddress, Handshake> begun = new ConcurrentHashMap<>();
  private final AtomicInteger owed = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile @Nullable ChannelHandlerContext door;

  /**
   * Without connections.
   *
   * @param limit for how many handshakes the server may owe an answer, at least 1
   * @param limitUnderWay how many handshakes and calls may be under way, no less than {@code limit}
   * @param silence after which the server waits for nobody's first word, and owes nothing
   * @param longestAnswer after which a handshake is not under way until the agent speaks again
   */
  HandshakeLimiter(int limit, int limitUnderWay, Duration silence, Duration longestAnswer) {
    this.limit = limit;
    this.limitUnderWay = limitUnderWay;
    this.silence = silence;
    this.longestAnswer = longestAnswer;
    this.waiting = new WaitingRoom(System::nanoTime);
  }

  /** Of a server with so many processors. */
  static HandshakeLimiter forProcessors(int processors) {
    return new HandshakeLimiter(
        FOR_EACH_PROCESSOR * processors,
        UNDER_WAY_FOR_EACH_PROCESSOR * processors,
        SILENCE,
        LONGEST_ANSWER);
  }

  /** For how many handshakes the server owes an answer now. */
  int owed() {
    return owed.get();
  }

  /** How many handshakes and calls are under way, without those whose agent is silent. */
  int underWay() {
    return underWay.get();
  }

  /** How many connections have not been let in yet. */
  int waiting() {
    return waiting.size();
  }

  /** A listening channel whose connections wait to be let in. */
  ServerChannel listener() {
    NioServerSocketChannel listener = new EarlyChannel.Listener();
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

  /**
   * A logon or an enrolment has begun: it counts until it is over.
   *
   * @return to be run when it is over; later runs do nothing
   */
  Runnable callBegins() {
    AtomicBoolean counting = new AtomicBoolean(true);
    underWay.incrementAndGet();
    Runnable over =
        () -> {
          if (counting.compareAndSet(true, false)) {
            lessUnderWay();
          }
        };
    ChannelHandlerContext listening = door;
    if (listening != null) {
      var _ = listening.executor().schedule(over, LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS);
    }
    return over;
  }

  private void lessUnderWay() {
    if (underWay.decrementAndGet() == limitUnderWay - 1) {
      lookWhoWaits();
    }
  }

  /** There is room again. */
  private void lookWhoWaits() {
    ChannelHandlerContext listening = door;
    if (listening != null) {
      listening.executor().execute(() -> letIn(listening));
    }
  }

  /** On the listening channel's event loop, after each change that may matter. */
  private void letIn(ChannelHandlerContext listening) {
    while (owed.get() < limit && underWay.get() < limitUnderWay) {
      WaitingRoom.Guest next = waiting.next();
      if (next == null) {
        break;
      }
      begin(listening, next);
    }
    listening.channel().config().setAutoRead(waiting.hasRoom());
  }

  private void begin(ChannelHandlerContext listening, WaitingRoom.Guest guest) {
    Channel connection = guest.connection();
    SocketAddress remote = connection.remoteAddress();
    if (remote != null) {
      Handshake handshake = new Handshake(listening.channel(), remote);
      begun.put(remote, handshake);
      var _ = connection.pipeline().addLast(NAME, new Watch(handshake));
      var _ = connection.closeFuture().addListener(closed -> handshake.end());
      if (guest.hasSpoken() || guest.waited().compareTo(silence) < 0) {
        handshake.begins();
      }
    }
    var _ = listening.fireChannelRead(connection);
  }

  private final class Door extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      door = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      waiting.add((EarlyChannel) accepted);
      letIn(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      waiting.close();
      context.fireChannelInactive();
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
      int before = handshake.turns();
      context.fireChannelRead(bytes);
      if (handshake.isOver()) {
        if (!context.isRemoved()) {
          var _ = context.pipeline().remove(this);
        }
      } else if (handshake.turns() == before && isServersTurn(context)) {
        handshake.hears();
      }
    }

    /**
     * Whether TLS has something to do before the agent can go on. Before a whole record has come,
     * its handshake has not begun.
     */
    private static boolean isServersTurn(ChannelHandlerContext context) {
      SslHandler tls = context.pipeline().get(SslHandler.class);
      return tls == null
          || switch (tls.engine().getHandshakeStatus()) {
            case NEED_TASK, NEED_WRAP -> true;
            case NOT_HANDSHAKING, NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED -> false;
          };
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

    /** How often one of the two has spoken. */
    private final AtomicInteger turns = new AtomicInteger();

    private volatile boolean over;

    Handshake(Channel listener, SocketAddress remote) {
      this.listener = listener;
      this.remote = remote;
    }

    boolean isOver() {
      return over;
    }

    int turns() {
      return turns.get();
    }

    /** Its first word is still to be heard. */
    void begins() {
      counts();
      owes();
      ifStillSilent(silence, this::owesNothing);
      ifStillSilent(silence, this::countsNoMore);
    }

    /** It is the server's turn. */
    void hears() {
      turns.incrementAndGet();
      counts();
      owes();
    }

    /** It is the agent's turn: if it says nothing for a while, it does not count until it does. */
    void answers() {
      turns.incrementAndGet();
      counts();
      owesNothing();
      ifStillSilent(longestAnswer, this::countsNoMore);
    }

    private void ifStillSilent(Duration after, Runnable then) {
      if (over) {
        return;
      }
      int turn = turns.get();
      var _ =
          listener
              .eventLoop()
              .schedule(
                  () -> {
                    if (turns.get() == turn) {
                      then.run();
                    }
                  },
                  after.toMillis(),
                  TimeUnit.MILLISECONDS);
    }

    private void counts() {
      if (counting.compareAndSet(false, true)) {
        underWay.incrementAndGet();
      }
      if (over) {
        countsNoMore();
      }
    }

    private void countsNoMore() {
      if (counting.compareAndSet(true, false)) {
        lessUnderWay();
      }
    }

    private void owes() {
      if (owing.compareAndSet(false, true)) {
        owed.incrementAndGet();
      }
      if (over) {
        owesNothing();
      }
    }

    private void owesNothing() {
      if (owing.compareAndSet(true, false) && owed.decrementAndGet() == limit - 1) {
        lookWhoWaits();
      }
    }

    void end() {
      over = true;
      owesNothing();
      countsNoMore();
      begun.remove(remote, this);
    }
  }
}
