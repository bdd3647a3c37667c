package io.culvert.server.agentgateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufUtil;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listening channel with the door in it, and sockets that connect and say nothing. */
@Timeout(30)
class HandshakeLimiterTest {
  private static final int LIMIT = 3;
  private static final int LIMIT_UNDER_WAY = 5;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(400);

  private final EventLoopGroup loops = new NioEventLoopGroup(2);
  private final ConcurrentLinkedQueue<Channel> accepted = new ConcurrentLinkedQueue<>();
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private final List<Channel> listeners = new ArrayList<>();
  private final List<Socket> sockets = new ArrayList<>();
  private HandshakeLimiter limiter = new HandshakeLimiter(LIMIT, LIMIT_UNDER_WAY, LONG, LONG);
  private InetSocketAddress address = new InetSocketAddress(0);

  private void listen(Duration silence) throws InterruptedException {
    listen(silence, silence);
  }

  private void listen(Duration silence, Duration longestAnswer) throws InterruptedException {
    limiter = new HandshakeLimiter(LIMIT, LIMIT_UNDER_WAY, silence, longestAnswer);
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(limiter::listener)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    accepted.add(connection);
                    var _ = connection.pipeline().addLast(new Listener());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    address = (InetSocketAddress) listener.localAddress();
    listeners.add(listener);
  }

  /** Keeps what the connections say. */
  private final class Listener extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      heard.writeBytes(ByteBufUtil.getBytes(bytes));
    }
  }

  @AfterEach
  void close() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  private void connect(int count, byte... firstWords) throws IOException {
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.connect(address);
      socket.getOutputStream().write(firstWords);
    }
  }

  /** What gRPC says when TLS and the beginning of HTTP/2 are done. */
  private void finishFirst() {
    Attributes attributes =
        Attributes.newBuilder()
            .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, accepted.remove().remoteAddress())
            .build();
    assertThat(limiter.transportReady(attributes)).isSameAs(attributes);
  }

  @Test
  void takesNoMoreThanItsLimitUntilOneIsDone() throws Exception {
    listen(LONG);
    connect(LIMIT + 2);
    Await.until("the first are taken", () -> accepted.size() == LIMIT);
    assertThat(limiter.owed()).isEqualTo(LIMIT);

    finishFirst();

    Await.until("one more is taken", () -> accepted.size() == LIMIT && limiter.owed() == LIMIT);
  }

  @Test
  void whoLeavesMakesRoom() throws Exception {
    listen(LONG);
    connect(LIMIT + 1);
    Await.until("the first are taken", () -> accepted.size() == LIMIT);

    sockets.getFirst().close();

    Await.until("one more is taken", () -> accepted.size() == LIMIT + 1);
  }

  @Test
  void whoIsSilentKeepsNobodyOutForLong() throws Exception {
    listen(SHORT);
    long begun = System.nanoTime();
    connect(2 * LIMIT);
    Await.until("the others are taken", () -> accepted.size() == 2 * LIMIT);
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(SHORT.toNanos());

    Await.until("nothing is owed", () -> limiter.owed() == 0);
    while (!accepted.isEmpty()) {
      finishFirst();
    }
    assertThat(limiter.owed()).isZero();
  }

  @Test
  void aCrowdThatAnswersSlowlyIsNoLargerThanItsLimit() throws Exception {
    listen(LONG);
    connect(LIMIT, (byte) 1);
    Await.until("the first are taken", () -> accepted.size() == LIMIT);
    connect(LIMIT_UNDER_WAY, (byte) 1);
    answerAll();
    Await.until("as many as may be under way are taken", () -> accepted.size() == LIMIT_UNDER_WAY);
    answerAll();
    Await.until("nothing is owed", () -> limiter.owed() == 0);
    assertThat(limiter.underWay()).isEqualTo(LIMIT_UNDER_WAY);
    assertThat(accepted).hasSize(LIMIT_UNDER_WAY);

    finishFirst();

    Await.until("one more is taken", () -> accepted.size() == LIMIT_UNDER_WAY);
    assertThat(limiter.underWay()).isEqualTo(LIMIT_UNDER_WAY);
  }

  /** Each of them has said one byte. */
  private void answerAll() throws InterruptedException {
    Await.until("all are heard", () -> heard.size() >= accepted.size());
    for (Channel connection : accepted) {
      var _ = connection.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {2})).sync();
    }
  }

  @Test
  void whoWasAnsweredAndIsSilentKeepsNobodyOutForLong() throws Exception {
    listen(SHORT);
    connect(LIMIT, (byte) 1);
    Await.until("all are taken", () -> accepted.size() == LIMIT);
    answerAll();

    Await.until("their silence counts no longer", () -> limiter.underWay() == 0);
    sockets.getFirst().getOutputStream().write(3);
    Await.until("one speaks", () -> limiter.underWay() == 1 && limiter.owed() == 1);
  }

  @Test
  void whoWasAnsweredMayThinkLongerThanAStrangerMayBeSilent() throws Exception {
    listen(SHORT, LONG);
    connect(1, (byte) 1);
    Await.until("it is taken", () -> accepted.size() == 1);
    answerAll();
    connect(1);
    Await.until("both are under way", () -> limiter.underWay() == 2);

    Await.until("the stranger counts no longer", () -> limiter.underWay() == 1);
    TimeUnit.NANOSECONDS.sleep(2 * SHORT.toNanos());

    assertThat(limiter.underWay()).isEqualTo(1);
    assertThat(limiter.owed()).isZero();
  }

  @Test
  void whoWasAnsweredKeepsNobodyOutUntilItSpeaksAgain() throws Exception {
    listen(SHORT);
    connect(LIMIT, (byte) 1);
    Await.until("all are taken", () -> accepted.size() == LIMIT);
    Await.until("all are heard", () -> heard.size() == LIMIT);
    connect(1);
    // Longer than silence would count.
    TimeUnit.NANOSECONDS.sleep(2 * SHORT.toNanos());
    assertThat(accepted).hasSize(LIMIT);
    assertThat(limiter.owed()).isEqualTo(LIMIT);

    Channel answered = accepted.peek();
    var _ = answered.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {2})).sync();

    Await.until("one more is taken", () -> accepted.size() == LIMIT + 1);
    Await.until("its silence counts no longer", () -> limiter.owed() == LIMIT - 1);
    for (Socket socket : sockets) {
      socket.getOutputStream().write(3);
    }
    Await.until("all speak", () -> limiter.owed() == LIMIT + 1);
  }

  @Test
  void whoHasGoneWhileWaitingIsPassedOver() throws Exception {
    listen(LONG);
    connect(LIMIT, (byte) 1);
    Await.until("the first are taken", () -> accepted.size() == LIMIT);
    connect(3, (byte) 1);
    Await.until("the others wait", () -> limiter.waiting() == 3);
    sockets.get(LIMIT).close();
    SocketAddress patient = sockets.get(LIMIT + 1).getLocalSocketAddress();

    finishFirst();

    Await.until("one more is taken", () -> accepted.size() == LIMIT);
    assertThat(accepted).last().extracting(Channel::remoteAddress).isEqualTo(patient);
    assertThat(limiter.waiting()).isEqualTo(1);
  }

  @Test
  void whatWasSaidWhileWaitingIsHeardInOrder() throws Exception {
    listen(LONG);
    connect(LIMIT);
    Await.until("the first are taken", () -> accepted.size() == LIMIT);
    byte[] words = new byte[20_000];
    new Random(7).nextBytes(words);
    connect(1, words);
    Await.until("it waits", () -> limiter.waiting() == 1);

    finishFirst();

    Await.until("all is heard", () -> heard.size() == words.length);
    assertThat(heard.toByteArray()).isEqualTo(words);
  }

  @Test
  void whoWaitedInSilenceKeepsNobodyOut() throws Exception {
    listen(SHORT);
    connect(LIMIT, (byte) 1);
    Await.until("the first are taken", () -> accepted.size() == LIMIT);
    connect(LIMIT);
    TimeUnit.NANOSECONDS.sleep(2 * SHORT.toNanos());
    assertThat(limiter.waiting()).isEqualTo(LIMIT);

    finishFirst();

    Await.until("all who were silent are taken", () -> limiter.waiting() == 0);
    assertThat(limiter.owed()).isEqualTo(LIMIT - 1);
  }

  @Test
  void aCallKeepsOthersOutUntilItIsOver() throws Exception {
    listen(LONG);
    List<Runnable> calls = new ArrayList<>();
    for (int i = 0; i < LIMIT_UNDER_WAY; i++) {
      calls.add(limiter.callBegins());
    }
    connect(2);
    Await.until("both wait", () -> limiter.waiting() == 2);
    assertThat(accepted).isEmpty();

    calls.getFirst().run();
    calls.getFirst().run();

    Await.until("one is taken", () -> accepted.size() == 1);
    assertThat(limiter.waiting()).isEqualTo(1);
    assertThat(limiter.underWay()).isEqualTo(LIMIT_UNDER_WAY);
  }

  @Test
  void whoWaitsIsLeftAloneNoMoreWhenTheDoorCloses() throws Exception {
    listen(LONG);
    connect(LIMIT + 1);
    Await.until("one waits", () -> limiter.waiting() == 1);

    var _ = listeners.getFirst().close().sync();

    sockets.getLast().setSoTimeout(5_000);
    assertThat(sockets.getLast().getInputStream().read()).isEqualTo(-1);
    assertThat(limiter.waiting()).isZero();
  }
}
