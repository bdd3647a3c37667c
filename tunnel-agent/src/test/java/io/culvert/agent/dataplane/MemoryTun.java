package io.culvert.agent.dataplane;

import io.culvert.agent.tun.TunDevice;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A TUN device whose kernel is the test. */
final class MemoryTun implements TunDevice {
  final List<byte[]> written = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<byte[]> toRead = new LinkedBlockingQueue<>();
  private final Semaphore wake = new Semaphore(0);
  private final boolean offload;

  MemoryTun(boolean offload) {
    this.offload = offload;
  }

  /** The kernel sends a frame: virtio header and packet. */
  void kernelSends(byte[] frame) {
    toRead.add(frame.clone());
    wake.release();
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public int mtuBytes() {
    return 1400;
  }

  @Override
  public boolean segmentationOffload() {
    return offload;
  }

  @Override
  public int read(byte[] buffer, int offset, int lengthBytes) {
    byte[] frame = toRead.poll();
    if (frame == null) {
      return 0;
    }
    System.arraycopy(frame, 0, buffer, offset, frame.length);
    return frame.length;
  }

  @Override
  public boolean write(byte[] buffer, int offset, int lengthBytes) {
    written.add(Arrays.copyOfRange(buffer, offset, offset + lengthBytes));
    return true;
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
  public void wakeReader() {
    wake.release();
  }

  @Override
  public void close() {
    wakeReader();
  }
}
