package io.culvert.agent.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls on file descriptors. Results as the package says: negative is a negated error number. */
public final class Descriptors {
  public static final int O_RDONLY = 0;
  public static final int O_RDWR = 2;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_CLOEXEC = 0x80000;

  private static final MethodHandle OPEN =
      NativeFunctions.variadic(
          "open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      NativeFunctions.blocking("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle IOCTL =
      NativeFunctions.variadic(
          "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
  private static final MethodHandle IOCTL_VALUE =
      NativeFunctions.variadic(
          "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle EVENTFD =
      NativeFunctions.blocking("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle PPOLL =
      NativeFunctions.plain(
          "ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
  private static final MethodHandle READ =
      NativeFunctions.critical(
          "read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      NativeFunctions.critical(
          "write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

  // The same two for an eventfd, in native memory and without an error number: see ppoll.
  private static final MethodHandle READ_EVENT =
      NativeFunctions.plain("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE_EVENT =
      NativeFunctions.plain(
          "write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

  private Descriptors() {}

  /** open(2). */
  public static int open(String path, int flags) {
    var errno = new ErrnoCell();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      return errno.resultOrError((int) OPEN.invokeExact(errno.segment(), name, flags, 0));
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** close(2). */
  public static void close(int descriptor) {
    var errno = new ErrnoCell();
    try {
      // After an error the descriptor is gone too: there is nothing left to do about it.
      var _ = (int) CLOSE.invokeExact(errno.segment(), descriptor);
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** ioctl(2) with a pointer to native memory. */
  public static int ioctl(int descriptor, long request, MemorySegment argument) {
    var errno = new ErrnoCell();
    try {
      return errno.resultOrError(
          (int) IOCTL.invokeExact(errno.segment(), descriptor, request, argument));
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** ioctl(2) with a number. */
  public static int ioctl(int descriptor, long request, long argument) {
    var errno = new ErrnoCell();
    try {
      return errno.resultOrError(
          (int) IOCTL_VALUE.invokeExact(errno.segment(), descriptor, request, argument));
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** eventfd(2). */
  static int eventfd(int flags) {
    var errno = new ErrnoCell();
    try {
      return errno.resultOrError((int) EVENTFD.invokeExact(errno.segment(), 0, flags));
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /**
   * ppoll(2) with the thread's own signal mask; negative if it was interrupted. Without an {@link
   * ErrnoCell}: a handle that takes one allocates 40 bytes for each call until it is compiled, and
   * waits are too rare to be.
   */
  static int ppoll(MemorySegment polled, int count, MemorySegment timeout) {
    try {
      return (int) PPOLL.invokeExact(polled, (long) count, timeout, MemorySegment.NULL);
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** Takes what an eventfd has counted, if anything. */
  static void drainEvent(int descriptor, MemorySegment into) {
    try {
      var _ = (long) READ_EVENT.invokeExact(descriptor, into, (long) Long.BYTES);
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** Adds to an eventfd; that it was full already does no harm. */
  static void raiseEvent(int descriptor, MemorySegment one) {
    try {
      var _ = (long) WRITE_EVENT.invokeExact(descriptor, one, (long) Long.BYTES);
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** read(2) of a non-blocking descriptor, into native or heap memory. */
  public static int read(ErrnoCell errno, int descriptor, MemorySegment into, long lengthBytes) {
    try {
      long result = (long) READ.invokeExact(errno.segment(), descriptor, into, lengthBytes);
      return errno.resultOrError((int) result);
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** write(2) to a non-blocking descriptor, from native or heap memory. */
  public static int write(ErrnoCell errno, int descriptor, MemorySegment from, long lengthBytes) {
    try {
      long result = (long) WRITE.invokeExact(errno.segment(), descriptor, from, lengthBytes);
      return errno.resultOrError((int) result);
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }
}
