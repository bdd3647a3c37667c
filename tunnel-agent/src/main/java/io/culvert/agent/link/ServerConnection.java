package io.culvert.agent.link;

import io.culvert.agent.discovery.ServerFinder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** gRPC over the connection that won the race: servers see one connection for each link. */
public final class ServerConnection {
  private static final EventLoopGroup EVENT_LOOPS =
      new NioEventLoopGroup(
          Runtime.getRuntime().availableProcessors(),
          new DefaultThreadFactory("culvert-link", true));

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
    }

    @Override
    protected boolean doConnect(SocketAddress remote, @Nullable SocketAddress local) {
      return true;
    }
  }
}
