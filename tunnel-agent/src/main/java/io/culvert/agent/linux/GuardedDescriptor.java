package io.culvert.agent.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A descriptor with one reading and one writing thread, which any thread may wake or close.
 *
 * <p>A number must not be used once it is closed, for the kernel may have given it to somebody
 * else. So each side says that it is inside before it looks whether the descriptor is closed, and
 * the one who closes says so before it looks whether somebody is inside (both volatile: one of the
 * two sees the other), wakes the reader, and waits for both to leave.
 *
 * <pre>
 *   struct pollfd: int fd; short events; short revents      (8 bytes, two of them)
 *   struct timespec: long tv_sec; long tv_nsec              (16 bytes)
 * </pre>
 */
public final class GuardedDescriptor implements AutoCloseable {
  private static final int EFD_NONBLOCK = Descriptors.O_NONBLOCK;
  private static final int EFD_CLOEXEC = Descriptors.O_CLOEXEC;
  private static final short POLLIN = 1;
  private static final short POLLOUT = 4;
  private static final int POLLFD_BYTES = 8;
  private static final int EVENTS = 4;
  private static final int REVENTS = 6;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final int descriptor;
  private final int wakeup;
  private final ReentrantLock wakeOrClose = new ReentrantLock();
  private final ErrnoCell readErrno = new ErrnoCell();
  private final ErrnoCell writeErrno = new ErrnoCell();
  private final MemorySegment one = Arena.ofAuto().allocateFrom(JAVA_LONG, 1);
  private final MemorySegment drained = Arena.ofAuto().allocate(JAVA_LONG);
  private final MemorySegment readPoll = Arena.ofAuto().allocate(2 * POLLFD_BYTES, 8);
  private final MemorySegment writePoll = Arena.ofAuto().allocate(POLLFD_BYTES, 8);
  private final MemorySegment readTimeout = Arena.ofAuto().allocate(16, 8);
  private final MemorySegment writeTimeout = Arena.ofAuto().allocate(16, 8);
  private volatile boolean readerInside;
  private volatile boolean writerInside;
  private volatile boolean closed;

  private GuardedDescriptor(int descriptor, int wakeup) {
    this.descriptor = descriptor;
    this.wakeup = wakeup;
    pollFor(readPoll, 0, descriptor, POLLIN);
    pollFor(readPoll, POLLFD_BYTES, wakeup, POLLIN);
    pollFor(writePoll, 0, descriptor, POLLOUT);
  }

  /**
   * Takes over a non-blocking descriptor.
   *
   * @throws java.io.UncheckedIOException if there are no descriptors left; then it is closed
   */
  public static GuardedDescriptor adopt(int descriptor) {
    int wakeup = Descriptors.eventfd(EFD_NONBLOCK | EFD_CLOEXEC);
    if (wakeup < 0) {
      Descriptors.close(descriptor);
      throw Errno.failure("cannot make an eventfd", -wakeup);
    }
    return new GuardedDescriptor(descriptor, wakeup);
  }

  private static void pollFor(MemorySegment polled, int at, int descriptor, short events) {
    polled.set(JAVA_INT, at, descriptor);
    polled.set(JAVA_SHORT, at + EVENTS, events);
  }

  /** The number; used between enter and leave only. */
  public int number() {
    return descriptor;
  }

  /** The reading thread's error cell. */
  public ErrnoCell readErrno() {
    return readErrno;
  }

  /** The writing thread's error cell. */
  public ErrnoCell writeErrno() {
    return writeErrno;
  }

  /** Begins a use by the reading thread; false if it is closed. {@link #leaveReader} ends it. */
  public boolean enterReader() {
    readerInside = true;
    if (closed) {
      readerInside = false;
      return false;
    }
    return true;
  }

  /** Ends what {@link #enterReader} began. */
  public void leaveReader() {
    readerInside = false;
  }

  /** Begins a use by the writing thread; false if it is closed. {@link #leaveWriter} ends it. */
  public boolean enterWriter() {
    writerInside = true;
    if (closed) {
      writerInside = false;
      return false;
    }
    return true;
  }

  /** Ends what {@link #enterWriter} began. */
  public void leaveWriter() {
    writerInside = false;
  }

  /**
   * Waits until there is something to read, {@link #wake} was called, it is closed, or the time is
   * over. The reading thread only.
   */
  public void awaitReadable(long timeoutNanos) {
    if (timeoutNanos <= 0 || !enterReader()) {
      return;
    }
    try {
      setTimeout(readTimeout, timeoutNanos);
      int ready = Descriptors.ppoll(readPoll, 2, readTimeout);
      if (ready > 0 && readPoll.get(JAVA_SHORT, POLLFD_BYTES + REVENTS) != 0) {
        Descriptors.drainEvent(wakeup, drained);
      }
    } finally {
      leaveReader();
    }
  }

  /** Waits until it can be written. The writing thread only, between enter and leave. */
  public void awaitWritable(long timeoutNanos) {
    setTimeout(writeTimeout, timeoutNanos);
    var _ = Descriptors.ppoll(writePoll, 1, writeTimeout);
  }

  private static void setTimeout(MemorySegment timespec, long nanos) {
    timespec.set(JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
    timespec.set(JAVA_LONG, Long.BYTES, nanos % NANOS_PER_SECOND);
  }

  /** Ends the present or the next {@link #awaitReadable}. Any thread. */
  public void wake() {
    wakeOrClose.lock();
    try {
      if (!closed) {
        Descriptors.raiseEvent(wakeup, one);
      }
    } finally {
      wakeOrClose.unlock();
    }
  }

  /** Closes it when both threads have left it. Any thread; idempotent. */
  @Override
  public void close() {
    wakeOrClose.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      Descriptors.raiseEvent(wakeup, one);
      while (readerInside || writerInside) {
        LockSupport.parkNanos(20_000); // no call inside blocks for long but the one just woken
      }
      Descriptors.close(descriptor);
      Descriptors.close(wakeup);
    } finally {
      wakeOrClose.unlock();
    }
  }
}
