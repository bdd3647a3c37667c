package io.culvert.agent.testnet;

import io.culvert.agent.tun.TunDevice;
import io.culvert.agent.tun.TunOffloads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TUN device whose kernel is the test: {@link #inject} is what an application sends, {@link
 * #takeFrame} what it would receive. Both queues are bounded; a full one drops, as the kernel does.
 */
public final class ChannelTunDevice implements TunDevice {
  private static final int QUEUE_FRAMES = 4096;

  private final String name;
  private final int mtuBytes;
  private final TunOffloads offloads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<byte[]> toReader = new ArrayDeque<>();
  private final ArrayDeque<byte[]> written = new ArrayDeque<>();
  private boolean woken;
  private boolean closed;

  public ChannelTunDevice(String name, int mtuBytes, boolean segmentationOffload) {
    this.name = name;
    this.mtuBytes = mtuBytes;
    this.offloads = segmentationOffload ? TunOffloads.ALL : TunOffloads.NONE;
  }

  /**
   * An application sends this IP packet, its checksums complete: an all-zero header goes before.
   */
  public boolean inject(byte[] packet) {
    byte[] frame = new byte[VNET_HEADER_BYTES + packet.length];
    System.arraycopy(packet, 0, frame, VNET_HEADER_BYTES, packet.length);
    return injectFrame(frame);
  }

  /**
   * The kernel hands out this frame.
   *
   * @return false if the queue was full and the frame was dropped
   */
  public boolean injectFrame(byte[] frame) {
    lock.lock();
    try {
      if (toReader.size() == QUEUE_FRAMES) {
        return false;
      }
      toReader.add(frame.clone());
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The oldest frame written and not taken yet, header included; null if there is none. */
  public byte @Nullable [] pollFrame() {
    lock.lock();
    try {
      return written.poll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The oldest frame written and not taken yet, header included.
   *
   * @throws AssertionError if none is written in time
   */
  public byte[] takeFrame(Duration patience) {
    lock.lock();
    try {
      long remaining = patience.toNanos();
      while (written.isEmpty()) {
        if (remaining <= 0) {
          throw new AssertionError("no frame was written to " + name + " within " + patience);
        }
        remaining = changed.awaitNanos(remaining);
      }
      return written.remove();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for a frame on " + name, e);
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #takeFrame}, without the header: the IP packet. */
  public byte[] takePacket(Duration patience) {
    byte[] frame = takeFrame(patience);
    return Arrays.copyOfRange(frame, VNET_HEADER_BYTES, frame.length);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int mtuBytes() {
    return mtuBytes;
  }

  @Override
  public TunOffloads offloads() {
    return offloads;
  }

  @Override
  public int read(byte[] buffer, int offset, int lengthBytes) {
    lock.lock();
    try {
      if (closed) {
        throw new UncheckedIOException(new IOException(name + " is closed"));
      }
      byte[] frame = toReader.poll();
      if (frame == null) {
        return 0;
      }
      int length = Math.min(frame.length, lengthBytes);
      System.arraycopy(frame, 0, buffer, offset, length);
      return length;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean write(byte[] buffer, int offset, int lengthBytes) {
    byte[] frame = Arrays.copyOfRange(buffer, offset, offset + lengthBytes);
    lock.lock();
    try {
      if (closed || written.size() == QUEUE_FRAMES || frame.length <= VNET_HEADER_BYTES) {
        return false;
      }
      written.add(frame);
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void awaitReadable(long timeoutNanos) {
    lock.lock();
    try {
      long remaining = timeoutNanos;
      while (toReader.isEmpty() && !woken && !closed && remaining > 0) {
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
  public void wakeReader() {
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
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
