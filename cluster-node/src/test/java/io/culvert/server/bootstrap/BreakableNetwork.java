package io.culvert.server.bootstrap;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network between servers that can be broken: each server is reached by a relay only, and the
 * relays hold back whatever would cross the break, as routers that lose every packet: nothing
 * arrives, and nobody is told. When the network is whole again, what TCP would have sent again
 * arrives.
 *
 * <p>Servers are told apart by their addresses in 127.0.0.0/8: each one dials out from its own.
 */
final class BreakableNetwork implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Closeable> opened = ConcurrentHashMap.newKeySet();
  private final Object lock = new Object();
  private Set<String> apart = Set.of();

  /**
   * Relays to a server from now on; before, connections to it are refused.
   *
   * @param host its own address
   * @param outer the port there at which the others reach it
   * @param inner the port there at which it listens
   */
  void open(String host, int outer, int inner) throws IOException {
    ServerSocket door = new ServerSocket(outer, 50, InetAddress.ofLiteral(host));
    opened.add(door);
    var _ = threads.submit(() -> serve(door, host, inner));
  }

  /** From now on nothing passes between these servers and all others. */
  void breakOff(Set<String> hosts) {
    synchronized (lock) {
      apart = new HashSet<>(hosts);
    }
  }

  /** Everything passes again. */
  void heal() {
    synchronized (lock) {
      apart = Set.of();
      lock.notifyAll();
    }
  }

  private void awaitPassage(String from, String to) throws InterruptedException {
    synchronized (lock) {
      while (apart.contains(from) != apart.contains(to)) {
        lock.wait();
      }
    }
  }

  private Void serve(ServerSocket door, String host, int port) throws IOException {
    while (true) {
      Socket outer = door.accept();
      opened.add(outer);
      var _ = threads.submit(() -> connect(outer, host, port));
    }
  }

  private Void connect(Socket outer, String host, int port)
      throws IOException, InterruptedException {
    String from = outer.getInetAddress().getHostAddress();
    awaitPassage(from, host);
    Socket inner = new Socket();
    opened.add(inner);
    try {
      inner.connect(new InetSocketAddress(InetAddress.ofLiteral(host), port));
    } catch (IOException nobodyListens) {
      outer.close();
      return null;
    }
    var _ = threads.submit(() -> pump(outer, inner, from, host));
    return pump(inner, outer, host, from);
  }

  private Void pump(Socket source, Socket sink, String from, String to)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[16 * 1024];
    try (source;
        sink;
        InputStream in = source.getInputStream();
        OutputStream out = sink.getOutputStream()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        awaitPassage(from, to);
        out.write(buffer, 0, count);
      }
      awaitPassage(from, to);
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    for (Closeable each : opened) {
      each.close();
    }
    threads.close();
  }
}
