package io.culvert.server.agentgateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listening channel with the door in it, and sockets that connect and say nothing. */
@Timeout(30)
class HandshakeLimiterTest {
  private static final int LIMIT = 3;

  private final HandshakeLimiter limiter = new HandshakeLimiter(LIMIT);
  private final EventLoopGroup loops = new NioEventLoopGroup(1);
  private final ConcurrentLinkedQueue<SocketAddress> accepted = new ConcurrentLinkedQueue<>();
  private final List<Socket> sockets = new ArrayList<>();
  private Channel listener;

  @BeforeEach
  void listen() throws InterruptedException {
    listener =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(limiter::listener)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    accepted.add(connection.remoteAddress());
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
  }

  @AfterEach
  void close() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    var _ = listener.close().sync();
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  private void connect(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.connect(
          new InetSocketAddress(
              InetAddress.getLoopbackAddress(),
              ((InetSocketAddress) listener.localAddress()).getPort()));
    }
  }

  /** What gRPC says when TLS and the beginning of HTTP/2 are done. */
  private void finishFirst() {
    Attributes attributes =
        Attributes.newBuilder().set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, accepted.remove()).build();
    assertThat(limiter.transportReady(attributes)).isSameAs(attributes);
  }

  @Test
  void takesNoMoreThanItsLimitUntilOneIsDone() throws Exception {
    connect(LIMIT + 2);
    Await.until("the first are taken", () -> accepted.size() == LIMIT);
    assertThat(limiter.running()).isEqualTo(LIMIT);

    finishFirst();

    Await.until("one more is taken", () -> accepted.size() == LIMIT);
    assertThat(limiter.running()).isEqualTo(LIMIT);
  }

  @Test
  void whoLeavesMakesRoom() throws Exception {
    connect(LIMIT + 1);
    Await.until("the first are taken", () -> accepted.size() == LIMIT);

    sockets.getFirst().close();

    Await.until("one more is taken", () -> accepted.size() == LIMIT + 1);
  }

  @Test
  void whoIsSilentMakesRoomAfterAWhileAndCountsOnce() throws Exception {
    connect(2 * LIMIT);
    Await.until("the first are taken", () -> accepted.size() == LIMIT);
    long begun = System.nanoTime();

    Await.until("the others are taken", () -> accepted.size() == 2 * LIMIT);
    assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
    while (!accepted.isEmpty()) {
      finishFirst();
    }

    assertThat(limiter.running()).isZero();
  }
}
