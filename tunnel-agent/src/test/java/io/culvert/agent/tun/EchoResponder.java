package io.culvert.agent.tun;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers every echo request that comes out of a device, on a thread of its own. */
final class EchoResponder implements AutoCloseable {
  private static final int VNET = TunDevice.VNET_HEADER_BYTES;

  private final TunDevice tun;
  private final Thread thread = Thread.ofPlatform().name("echo-responder").unstarted(this::run);
  private final AtomicInteger answered = new AtomicInteger();
  private volatile boolean running = true;

  EchoResponder(TunDevice tun) {
    this.tun = tun;
    thread.start();
  }

  int answered() {
    return answered.get();
  }

  private void run() {
    byte[] frame = new byte[TunDevice.MAX_FRAME_BYTES];
    while (running) {
      int length = tun.read(frame, 0, frame.length);
      if (length == 0) {
        tun.awaitReadable(1_000_000_000L);
      } else if (turnAround(frame) && tun.write(frame, 0, length)) {
        answered.incrementAndGet();
      }
    }
  }

  /** Swaps the addresses and makes a request a reply; the checksum is patched (RFC 1624). */
  private static boolean turnAround(byte[] frame) {
    boolean ipv6 = (frame[VNET] & 0xF0) == 0x60;
    int icmp = VNET + (ipv6 ? 40 : 20);
    int request = ipv6 ? 128 : 8;
    int reply = ipv6 ? 129 : 0;
    if ((frame[icmp] & 0xFF) != request) {
      return false;
    }
    swap(frame, VNET + (ipv6 ? 8 : 12), ipv6 ? 16 : 4);
    frame[icmp] = (byte) reply;
    int sum = ((frame[icmp + 2] & 0xFF) << 8 | (frame[icmp + 3] & 0xFF)) + ((request - reply) << 8);
    sum = (sum & 0xFFFF) + (sum >> 16);
    // A sum of ffff would have to be written so as well; adding a negative difference borrows.
    sum = sum == 0 ? 0xFFFF : sum;
    frame[icmp + 2] = (byte) (sum >> 8);
    frame[icmp + 3] = (byte) sum;
    return true;
  }

  private static void swap(byte[] frame, int at, int length) {
    for (int i = at; i < at + length; i++) {
      byte source = frame[i];
      frame[i] = frame[i + length];
      frame[i + length] = source;
    }
  }

  @Override
  public void close() {
    running = false;
    tun.wakeReader();
    boolean ended;
    try {
      ended = thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended = false;
    }
    if (!ended) {
      throw new IllegalStateException(thread.getName() + " does not end");
    }
  }
}
