package io.culvert.agent.dataplane;

import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.transport.ReceivedBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An outer network in memory: sockets, NAT mappings that can be rebound, and a weather of loss,
 * duplication and reordering that a seed decides.
 */
final class MemoryNetwork {
  private final Random random;
  private final Map<Endpoint, Socket> sockets = new HashMap<>();
  private final List<Datagram> delayed = new ArrayList<>();
  final List<Datagram> captured = new ArrayList<>();
  double loss;
  double duplication;
  double reordering;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Datagram(Endpoint from, Endpoint to, byte[] bytes) {}

  MemoryNetwork(long seed) {
    random = new Random(seed);
  }

  /** A socket that the others see at {@code external}. */
  synchronized Socket open(Endpoint external) {
    Socket socket = new Socket(external);
    sockets.put(external, socket);
    return socket;
  }

  /** The NAT in front of the socket forgets its mapping: it has another external endpoint now. */
  synchronized void rebind(Socket socket, Endpoint external) {
    sockets.remove(socket.external);
    socket.external = external;
    sockets.put(external, socket);
  }

  /** Puts a datagram on the wire as it is. */
  synchronized void inject(Datagram datagram) {
    deliver(datagram);
  }

  /** Delivers what reordering holds back. */
  synchronized void settle() {
    delayed.forEach(this::deliver);
    delayed.clear();
  }

  private synchronized void transmit(Datagram datagram) {
    captured.add(datagram);
    if (random.nextDouble() < loss) {
      return;
    }
    int copies = random.nextDouble() < duplication ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (random.nextDouble() < reordering) {
        delayed.add(random.nextInt(delayed.size() + 1), datagram);
      } else {
        deliver(datagram);
      }
    }
    if (delayed.size() > 20) {
      settle();
    }
  }

  private void deliver(Datagram datagram) {
    Socket socket = sockets.get(datagram.to);
    if (socket != null) {
      socket.received.add(datagram);
      socket.wake.release();
    }
  }

  /** One agent's socket. */
  final class Socket implements DatagramTransport {
    private final List<Datagram> received = new ArrayList<>(); // guarded by the network
    private final Semaphore wake = new Semaphore(0);
    private Endpoint external;

    Socket(Endpoint external) {
      this.external = external;
    }

    @Override
    public int localPort() {
      return 4500;
    }

    @Override
    public boolean segmentationOffload() {
      return true;
    }

    @Override
    public boolean send(
        byte[] buffer, int offset, int lengthBytes, int segmentBytes, Endpoint destination) {
      for (int at = 0; at < lengthBytes; at += segmentBytes) {
        int from = offset + at;
        byte[] bytes =
            Arrays.copyOfRange(buffer, from, from + Math.min(segmentBytes, lengthBytes - at));
        transmit(new Datagram(external, destination, bytes));
      }
      return true;
    }

    @Override
    public boolean receive(ReceivedBatch batch) {
      synchronized (MemoryNetwork.this) {
        if (received.isEmpty()) {
          return false;
        }
        Datagram first = received.removeFirst();
        int segment = first.bytes.length;
        int length = append(batch, 0, first);
        Datagram next = joinable(first, segment, length);
        while (next != null) {
          received.removeFirst();
          length = append(batch, length, next);
          next = next.bytes.length == segment ? joinable(first, segment, length) : null;
        }
        batch.set(length, segment, first.from.high(), first.from.low(), first.from.port());
        return true;
      }
    }

    private @Nullable Datagram joinable(Datagram first, int segment, int length) {
      if (received.isEmpty()) {
        return null;
      }
      Datagram next = received.getFirst();
      boolean fits = next.bytes.length <= segment && length + segment <= ReceivedBatch.MAX_BYTES;
      return fits && next.bytes.length > 0 && next.from.equals(first.from) ? next : null;
    }

    private int append(ReceivedBatch batch, int length, Datagram datagram) {
      System.arraycopy(datagram.bytes, 0, batch.buffer(), length, datagram.bytes.length);
      return length + datagram.bytes.length;
    }

    @Override
    public void awaitReadable(long timeoutNanos) {
      try {
        if (wake.tryAcquire(Math.min(timeoutNanos, 1_000_000_000L), TimeUnit.NANOSECONDS)) {
          wake.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void wakeReceiver() {
      wake.release();
    }

    @Override
    public void close() {
      wakeReceiver();
    }
  }
}
