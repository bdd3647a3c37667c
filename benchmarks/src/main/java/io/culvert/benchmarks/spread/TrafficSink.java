package io.culvert.benchmarks.spread;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Accepts TCP connections to any address and reads what comes, until it is killed. */
final class TrafficSink {
  /** The port where it listens. */
  static final int PORT = 5201;

  /** Printed when it listens. */
  static final String READY = "the sink is ready";

  private static final int BACKLOG = 4096;
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Selector selector;
  private final ServerSocketChannel listener;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  private TrafficSink() throws IOException {
    selector = Selector.open();
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(PORT), BACKLOG);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
  }

  public static void main(String[] arguments) throws IOException {
    TrafficSink sink = new TrafficSink();
    System.out.println(READY);
    sink.run();
  }

  private void run() throws IOException {
    while (listener.isOpen()) {
      selector.select(
          key -> {
            if (key.isAcceptable()) {
              accept();
            } else {
              read(key);
            }
          });
    }
  }

  private void accept() {
    try {
      SocketChannel accepted = listener.accept();
      while (accepted != null) {
        accepted.configureBlocking(false);
        accepted.register(selector, SelectionKey.OP_READ);
        accepted = listener.accept();
      }
    } catch (IOException e) {
      System.err.printf("a connection was not accepted: %s%n", e.getMessage());
    }
  }

  private void read(SelectionKey key) {
    SocketChannel connection = (SocketChannel) key.channel();
    try {
      buffer.clear();
      if (connection.read(buffer) < 0) {
        connection.close();
      }
    } catch (IOException reset) {
      key.cancel(); // the source was killed
      close(connection);
    }
  }

  private static void close(SocketChannel connection) {
    try {
      connection.close();
    } catch (IOException e) {
      System.err.printf("a connection was not closed: %s%n", e.getMessage());
    }
  }
}
