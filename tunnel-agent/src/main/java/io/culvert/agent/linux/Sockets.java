package io.culvert.agent.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls on sockets. Results as the package says: negative is a negated error number. */
public final class Sockets {
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;
  public static final int AF_NETLINK = 16;
  public static final int SOCK_DGRAM = 2;
  public static final int SOCK_RAW = 3;
  public static final int SOCK_NONBLOCK = Descriptors.O_NONBLOCK;
  public static final int SOCK_CLOEXEC = Descriptors.O_CLOEXEC;
  public static final int SOL_SOCKET = 1;
  public static final int MSG_TRUNC = 0x20;
  public static final int MSG_DONTWAIT = 0x40;

  private static final MethodHandle SOCKET =
      NativeFunctions.blocking(
          "socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      NativeFunctions.blocking(
          "bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKNAME =
      NativeFunctions.blocking(
          "getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SETSOCKOPT =
      NativeFunctions.plain( // too rare to be compiled: see Descriptors.ppoll
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SENDTO =
      NativeFunctions.critical(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECVFROM =
      NativeFunctions.blocking(
          "recvfrom",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle RECVMSG =
      NativeFunctions.critical(
          "recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

  private Sockets() {}

  /** socket(2). */
  public static int socket(int family, int type, int protocol) {
    var errno = new ErrnoCell();
    try {
      return errno.resultOrError((int) SOCKET.invokeExact(errno.segment(), family, type, protocol));
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** bind(2). */
  public static int bind(int descriptor, MemorySegment address, int addressBytes) {
    var errno = new ErrnoCell();
    try {
      return errno.resultOrError(
          (int) BIND.invokeExact(errno.segment(), descriptor, address, addressBytes));
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** getsockname(2); {@code addressBytes} is the room before and the length after. */
  public static int name(int descriptor, MemorySegment address, MemorySegment addressBytes) {
    var errno = new ErrnoCell();
    try {
      return errno.resultOrError(
          (int) GETSOCKNAME.invokeExact(errno.segment(), descriptor, address, addressBytes));
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /**
   * setsockopt(2) with an int, in steady use: {@code cell} is the caller's native int for it.
   *
   * @return whether the kernel accepts it
   */
  public static boolean setOption(
      int descriptor, int level, int option, MemorySegment cell, int value) {
    cell.set(JAVA_INT, 0, value);
    return setOption(descriptor, level, option, cell);
  }

  /** setsockopt(2) with an int; whether the kernel accepts it. */
  public static boolean setOption(int descriptor, int level, int option, int value) {
    try (Arena arena = Arena.ofConfined()) {
      return setOption(descriptor, level, option, arena.allocate(JAVA_INT), value);
    }
  }

  /** setsockopt(2) with a structure in native memory; whether the kernel accepts it. */
  public static boolean setOption(int descriptor, int level, int option, MemorySegment value) {
    try {
      return 0
          == (int) SETSOCKOPT.invokeExact(descriptor, level, option, value, (int) value.byteSize());
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** sendto(2) without blocking, from native or heap memory. */
  public static int sendTo(
      ErrnoCell errno,
      int descriptor,
      MemorySegment from,
      long lengthBytes,
      MemorySegment address,
      int addressBytes) {
    try {
      long result =
          (long)
              SENDTO.invokeExact(
                  errno.segment(),
                  descriptor,
                  from,
                  lengthBytes,
                  MSG_DONTWAIT,
                  address,
                  addressBytes);
      return errno.resultOrError((int) result);
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** recvfrom(2) into native memory; blocks if the descriptor does, unless flagged. */
  public static int receiveFrom(
      int descriptor,
      MemorySegment into,
      int flags,
      MemorySegment address,
      MemorySegment addressBytes) {
    var errno = new ErrnoCell();
    try {
      long result =
          (long)
              RECVFROM.invokeExact(
                  errno.segment(), descriptor, into, into.byteSize(), flags, address, addressBytes);
      return errno.resultOrError((int) result);
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** recvmsg(2) without blocking; everything that the message header points to is native. */
  public static int receiveMessage(ErrnoCell errno, int descriptor, MemorySegment messageHeader) {
    try {
      long result =
          (long) RECVMSG.invokeExact(errno.segment(), descriptor, messageHeader, MSG_DONTWAIT);
      return errno.resultOrError((int) result);
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }
}
