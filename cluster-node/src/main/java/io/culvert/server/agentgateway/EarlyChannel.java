package io.culvert.server.agentgateway;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * A connection of which can be found out, before an event loop has it, whether the peer is still
 * there. What the peer has said by then comes first when the event loop reads.
 *
 * <p>Of the listening channel's event loop before it is registered, of its own after.
 */
final class EarlyChannel extends NioSocketChannel {
  /** As much is read early: more than a ClientHello with a session ticket. */
  private static final int MOST_BYTES = 8 * 1024;

  private ByteBuf early = Unpooled.EMPTY_BUFFER;
  private boolean handedOver;

  private EarlyChannel(Channel listener, SocketChannel socket) {
    super(listener, socket);
  }

  /** Accepts connections of this kind. */
  static final class Listener extends NioServerSocketChannel {
    @Override
    protected int doReadMessages(List<Object> accepted) throws IOException {
      SocketChannel socket = javaChannel().accept();
      if (socket == null) {
        return 0;
      }
      accepted.add(new EarlyChannel(this, socket));
      return 1;
    }
  }

  /**
   * Reads what has come.
   *
   * @return whether the peer may still be there: it has not ended the connection
   */
  boolean isThere() {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
    try {
      int count;
      do {
        count = javaChannel().read(bytes);
      } while (count > 0 && bytes.hasRemaining());
      early = Unpooled.wrappedBuffer(bytes.flip());
      return count >= 0;
    } catch (IOException gone) {
      return false;
    }
  }

  /** Whether there was something to read early. */
  boolean hasSpoken() {
    return early.isReadable();
  }

  @Override
  protected void doBeginRead() throws Exception {
    super.doBeginRead();
    if (early.isReadable() && !handedOver) {
      handedOver = true;
      // The selector does not know of what was read already.
      eventLoop().execute(() -> unsafe().read());
    }
  }

  @Override
  protected int doReadBytes(ByteBuf target) throws Exception {
    if (!early.isReadable()) {
      return super.doReadBytes(target);
    }
    unsafe().recvBufAllocHandle().attemptedBytesRead(target.writableBytes());
    int count = Math.min(target.writableBytes(), early.readableBytes());
    target.writeBytes(early, count);
    if (!early.isReadable()) {
      early = Unpooled.EMPTY_BUFFER;
    }
    return count;
  }
}
