package io.culvert.agent.tun;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Carries frames from one device to another as they are, on a thread of its own, and counts. */
final class FramePump implements AutoCloseable {
  private static final int NEEDS_CSUM = 1;

  private final TunDevice from;
  private final TunDevice to;
  private final Thread thread = Thread.ofPlatform().name("frame-pump").unstarted(this::run);
  private final AtomicInteger largestFrameBytes = new AtomicInteger();
  private final AtomicInteger partialChecksums = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicIntegerArray framesByGsoType = new AtomicIntegerArray(256);
  private volatile boolean running = true;

  FramePump(TunDevice from, TunDevice to) {
    this.from = from;
    this.to = to;
    thread.start();
  }

  int largestFrameBytes() {
    return largestFrameBytes.get();
  }

  /** Frames whose header has VIRTIO_NET_HDR_F_NEEDS_CSUM. */
  int partialChecksums() {
    return partialChecksums.get();
  }

  int refused() {
    return refused.get();
  }

  /** By VIRTIO_NET_HDR_GSO_...: 0 none, 1 TCPv4, 4 TCPv6. */
  int framesOfGsoType(int type) {
    return framesByGsoType.get(type);
  }

  private void run() {
    byte[] frame = new byte[TunDevice.MAX_FRAME_BYTES];
    while (running) {
      int length = from.read(frame, 0, frame.length);
      if (length == 0) {
        from.awaitReadable(1_000_000_000L);
        continue;
      }
      largestFrameBytes.accumulateAndGet(length, Math::max);
      partialChecksums.addAndGet(frame[0] & NEEDS_CSUM);
      framesByGsoType.incrementAndGet(frame[1] & 0xFF);
      if (!to.write(frame, 0, length)) {
        refused.incrementAndGet();
      }
    }
  }

  @Override
  public void close() {
    running = false;
    from.wakeReader();
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
