package io.culvert.agent.testnet;

import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.transport.ReceivedBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One socket on a {@link PacketRouter}. With segmentation offload it coalesces as UDP_GRO does. */
public final class RoutedTransport implements DatagramTransport {
  private static final int QUEUE_DATAGRAMS = 16_384;

  private final PacketRouter router;
  private final Endpoint endpoint;
  private final boolean segmentationOffload;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Datagram> queue = new ArrayDeque<>();
  private boolean woken;
  private boolean closed;

  RoutedTransport(PacketRouter router, Endpoint endpoint, boolean segmentationOffload) {
    this.router = router;
    this.endpoint = endpoint;
    this.segmentationOffload = segmentationOffload;
  }

  /** Its own address, inside its NAT if it is behind one. */
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public int localPort() {
    return endpoint.port();
  }

  @Override
  public boolean segmentationOffload() {
    return segmentationOffload;
  }

  @Override
  public boolean send(
      byte[] buffer, int offset, int lengthBytes, int segmentBytes, Endpoint destination) {
    int end = offset + lengthBytes;
    for (int at = offset; at < end; at += segmentBytes) {
      byte[] payload = Arrays.copyOfRange(buffer, at, Math.min(end, at + segmentBytes));
      router.send(new Datagram(endpoint, destination, payload));
    }
    return true;
  }

  /** Called by the router, which holds its lock. */
  boolean arrive(Datagram datagram) {
    lock.lock();
    try {
      if (closed || queue.size() == QUEUE_DATAGRAMS) {
        return false;
      }
      queue.add(datagram);
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean receive(ReceivedBatch batch) {
    lock.lock();
    try {
      if (closed) {
        throw new UncheckedIOException(new IOException("the transport is closed"));
      }
      Datagram first = queue.poll();
      if (first == null) {
        return false;
      }
      int segmentBytes = first.payload().length;
      int length = append(batch, 0, first);
      int datagrams = 1;
      while (continues(first, length, datagrams) && length % Math.max(1, segmentBytes) == 0) {
        length = append(batch, length, queue.remove());
        datagrams++;
      }
      Endpoint source = first.source();
      batch.set(length, segmentBytes, source.high(), source.low(), source.port());
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean continues(Datagram first, int length, int datagrams) {
    Datagram next = queue.peek();
    return segmentationOffload
        && next != null
        && datagrams < MAX_BATCH_DATAGRAMS
        && next.source().equals(first.source())
        && next.payload().length > 0
        && next.payload().length <= first.payload().length
        && length + next.payload().length <= MAX_BATCH_BYTES;
  }

  private static int append(ReceivedBatch batch, int at, Datagram datagram) {
    System.arraycopy(datagram.payload(), 0, batch.buffer(), at, datagram.payload().length);
    return at + datagram.payload().length;
  }

  @Override
  public void awaitReadable(long timeoutNanos) {
    lock.lock();
    try {
      long remaining = timeoutNanos;
      while (queue.isEmpty() && !woken && !closed && remaining > 0) {
        remaining = changed.awaitNanos(remaining);
      }
      woken = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void wakeReceiver() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    router.remove(endpoint);
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
