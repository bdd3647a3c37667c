package io.culvert.agent.link;

import io.culvert.agent.discovery.ServerFinder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelOutboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelPromise;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** gRPC over the connection that won the race: servers see one connection for each link. */
public final class ServerConnection {
  private static final EventLoopGroup EVENT_LOOPS =
      new NioEventLoopGroup(
          Runtime.getRuntime().availableProcessors(),
          new DefaultThreadFactory("culvert-link", true));

  /** Longer than anybody waits who gives up by a decision of its own. */
  private static final Duration HANDSHAKE_PATIENCE = Duration.ofMinutes(2);

  private ServerConnection() {}

  /** A channel over what was found, which owns the connection from then on. */
  public static NettyChannelBuilder over(ServerFinder.Found found, SslContext tls) {
    AtomicReference<@Nullable SocketChannel> connection = new AtomicReference<>(found.connection());
    return NettyChannelBuilder.forAddress(found.target().address())
        .overrideAuthority(found.target().authority())
        .sslContext(tls)
        .eventLoopGroup(EVENT_LOOPS)
        .channelFactory(
            () -> {
              SocketChannel connected = connection.getAndSet(null);
              return connected == null ? new NioSocketChannel() : new Connected(connected);
            });
  }

  /** Netty is told to connect it, and finds that it is. */
  private static final class Connected extends NioSocketChannel {
    Connected(SocketChannel connection) {
      super(connection);
      var _ = pipeline().addFirst(new Patience());
    }

    @Override
    protected boolean doConnect(SocketAddress remote, @Nullable SocketAddress local) {
      return true;
    }
  }

  /**
   * Gives TLS more time than Netty's 10 s, for which gRPC has no setting: a server under a storm
   * lets one agent in after the other, and whoever waits in its queue has not been forgotten. The
   * TLS handler begins to count after its first word, which comes by here.
   */
  private static final class Patience extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object bytes, ChannelPromise promise) {
      SslHandler tls = context.pipeline().get(SslHandler.class);
      if (tls != null) {
        tls.setHandshakeTimeoutMillis(HANDSHAKE_PATIENCE.toMillis());
      }
      var _ = context.write(bytes, promise);
      context.pipeline().remove(this);
    }
  }
}
