package io.culvert.benchmarks.spread;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Opens TCP connections to the addresses of some peers, and sends through {@value #ACTIVE} of them
 * at a time: each {@value #TURN_BYTES} bytes, then it is the next one's turn. Prints how many
 * gigabits a second that were.
 */
@Command(name = "source")
final class TrafficSource implements Callable<Integer> {
  private static final int ACTIVE = 64;
  private static final int TURN_BYTES = 256 * 1024;
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final int SEND_BUFFER_BYTES = 256 * 1024;

  /** So many connections are being opened at a time. */
  private static final int OPENING = 256;

  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final double BITS_IN_GIGABIT = 1e9;

  @Option(names = "--connections", required = true)
  private int connections;

  @Option(names = "--peers", required = true)
  private int peers;

  @Option(names = "--seconds", required = true)
  private int seconds;

  private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private final Queue<SelectionKey> waiting = new ArrayDeque<>();
  private long sentBytes;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new TrafficSource()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    try (Selector selector = Selector.open()) {
      waiting.addAll(open(selector));
      for (int i = 0; i < ACTIVE; i++) {
        giveTurn();
      }
      send(selector, WARM_UP_NANOS);
      long before = sentBytes;
      long begun = System.nanoTime();
      send(selector, TimeUnit.SECONDS.toNanos(seconds));
      double passed = (double) (System.nanoTime() - begun) / TimeUnit.SECONDS.toNanos(1);
      System.out.println((sentBytes - before) * Byte.SIZE / passed / BITS_IN_GIGABIT);
      return 0;
    }
  }

  private List<SelectionKey> open(Selector selector) throws IOException {
    List<SelectionKey> open = new ArrayList<>();
    int begun = 0;
    while (open.size() < connections) {
      while (begun < connections && begun - open.size() < OPENING) {
        SocketChannel connection = SocketChannel.open();
        connection.configureBlocking(false);
        connection.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
        connection.connect(
            new InetSocketAddress(SpreadNetwork.peer(1 + begun % peers), TrafficSink.PORT));
        connection.register(selector, SelectionKey.OP_CONNECT);
        begun++;
      }
      selector.select();
      for (SelectionKey key : selector.selectedKeys()) {
        if (((SocketChannel) key.channel()).finishConnect()) {
          key.interestOps(0);
          open.add(key);
        }
      }
      selector.selectedKeys().clear();
    }
    return open;
  }

  private void giveTurn() {
    SelectionKey next = waiting.poll();
    if (next != null) {
      next.attach(new Turn());
      next.interestOps(SelectionKey.OP_WRITE);
    }
  }

  private void send(Selector selector, long nanos) throws IOException {
    long deadline = System.nanoTime() + nanos;
    while (System.nanoTime() - deadline < 0) {
      selector.select();
      for (SelectionKey key : selector.selectedKeys()) {
        chunk.clear();
        int count = ((SocketChannel) key.channel()).write(chunk);
        sentBytes += count;
        Turn turn = (Turn) key.attachment();
        turn.bytes += count;
        if (turn.bytes >= TURN_BYTES) {
          key.interestOps(0);
          waiting.add(key);
          giveTurn();
        }
      }
      selector.selectedKeys().clear();
    }
  }

  /** What a connection has sent since it was its turn. */
  private static final class Turn {
    private int bytes;
  }
}
