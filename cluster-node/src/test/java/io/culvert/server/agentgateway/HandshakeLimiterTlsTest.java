package io.culvert.server.agentgateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.pki.ClusterKeys;
import io.culvert.server.pki.ServerTls;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.buffer.UnpooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The door before real TLS, and strangers who say a part of what it needs. */
@Timeout(30)
class HandshakeLimiterTlsTest {
  private static final int LIMIT = 3;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final String NAME = "vpn.example";

  @TempDir private Path directory;
  private final EventLoopGroup loops = new NioEventLoopGroup(2);
  private final Semaphore mayWork = new Semaphore(1_000);
  private final ExecutorService worker = Executors.newSingleThreadExecutor();

  /** Where TLS agrees on keys, as with gRPC: not in the event loop. */
  private final Executor tasks =
      task ->
          worker.execute(
              () -> {
                mayWork.acquireUninterruptibly();
                task.run();
              });

  private final List<Socket> sockets = new ArrayList<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final HandshakeLimiter limiter = new HandshakeLimiter(LIMIT, 2 * LIMIT, SHORT, LONG);

  private InetSocketAddress listen(SslProvider provider) throws InterruptedException {
    ClusterKeys keys =
        ClusterKeys.open(
            directory, "one", List.of(NAME), new SecureRandom(), InstantSource.system());
    GatewayTls tls =
        GatewayTls.of(
            new ServerTls(keys.identity()),
            keys.masterKey(),
            provider,
            InstantSource.system().instant());
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(limiter::listener)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    begun.incrementAndGet();
                    var _ =
                        connection
                            .pipeline()
                            .addLast(tls.context().newHandler(connection.alloc(), tasks));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    return (InetSocketAddress) listener.localAddress();
  }

  @AfterEach
  void close() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    mayWork.release(LIMIT);
    worker.shutdown();
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  private static byte[] clientHello() throws IOException {
    SSLEngine client =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .protocols("TLSv1.3")
            .build()
            .newEngine(UnpooledByteBufAllocator.DEFAULT, NAME, 443);
    ByteBuffer record = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
    client.beginHandshake();
    var _ = client.wrap(ByteBuffer.allocate(0), record);
    return Arrays.copyOf(record.array(), record.position());
  }

  private Socket say(InetSocketAddress address, byte[] bytes, int from, int to) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.connect(address);
    socket.setTcpNoDelay(true);
    socket.getOutputStream().write(bytes, from, to - from);
    return socket;
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void aPartOfARecordKeepsNobodyOutForLonger(SslProvider provider) throws Exception {
    InetSocketAddress address = listen(provider);
    byte[] hello = clientHello();
    for (int i = 0; i < 2 * LIMIT; i++) {
      var _ = say(address, hello, 0, 3 + i);
    }
    Await.until("all were let in", () -> begun.get() == 2 * LIMIT);
    Await.until("nothing is owed", () -> limiter.owed() == 0 && limiter.underWay() == 0);

    Socket socket = sockets.getFirst();
    for (int i = 3; i < 10; i++) {
      socket.getOutputStream().write(hello[i]);
      TimeUnit.MILLISECONDS.sleep(20);
      assertThat(limiter.owed()).isZero();
      assertThat(limiter.underWay()).isZero();
    }
    socket.getOutputStream().write(hello, 10, hello.length - 10);

    assertThat(socket.getInputStream().read()).as("a handshake record").isEqualTo(22);
    Await.until("the agent has its turn", () -> limiter.underWay() == 1 && limiter.owed() == 0);
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void aWholeOneIsOwedAnAnswerHoweverLongTheKeysTake(SslProvider provider) throws Exception {
    mayWork.drainPermits();
    InetSocketAddress address = listen(provider);
    byte[] hello = clientHello();
    var _ = say(address, hello, 0, 10);
    Await.until("it counts no longer", () -> begun.get() == 1 && limiter.underWay() == 0);
    sockets.getFirst().getOutputStream().write(hello, 10, hello.length - 10);

    Await.until("the server has its turn", () -> limiter.owed() == 1);
    TimeUnit.NANOSECONDS.sleep(2 * SHORT.toNanos());
    assertThat(limiter.owed()).isEqualTo(1);
    assertThat(limiter.underWay()).isEqualTo(1);
    mayWork.release(LIMIT);

    assertThat(sockets.getFirst().getInputStream().read()).isEqualTo(22);
    Await.until("the agent has its turn", () -> limiter.owed() == 0);
    assertThat(limiter.underWay()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void aPartOfAHandshakeMessageInAWholeRecordKeepsNobodyOutEither(SslProvider provider)
      throws Exception {
    InetSocketAddress address = listen(provider);
    byte[] hello = clientHello();
    // RFC 8446, section 5.1: a message may come in several records.
    byte[] fragment = Arrays.copyOf(hello, 5 + 40);
    fragment[3] = 0;
    fragment[4] = 40;

    var _ = say(address, fragment, 0, fragment.length);

    Await.until("it is let in", () -> begun.get() == 1);
    TimeUnit.NANOSECONDS.sleep(2 * SHORT.toNanos());
    assertThat(limiter.owed()).isZero();
    assertThat(limiter.underWay()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void whoWasAnsweredAndSaysAPartOfItsNextRecordIsOwedNothing(SslProvider provider)
      throws Exception {
    InetSocketAddress address = listen(provider);
    byte[] hello = clientHello();
    Socket socket = say(address, hello, 0, hello.length);
    assertThat(socket.getInputStream().read()).isEqualTo(22);
    Await.until("the agent has its turn", () -> limiter.underWay() == 1 && limiter.owed() == 0);

    for (byte part : new byte[] {23, 3, 3}) {
      socket.getOutputStream().write(part);
      TimeUnit.MILLISECONDS.sleep(20);
      assertThat(limiter.owed()).isZero();
    }
  }
}
