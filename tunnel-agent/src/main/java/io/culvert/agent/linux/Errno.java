package io.culvert.agent.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Error numbers (asm-generic/errno.h) and their texts. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int EAGAIN = 11;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int ENODEV = 19;
  public static final int EINVAL = 22;
  public static final int EMSGSIZE = 90;
  public static final int EPROTONOSUPPORT = 93;
  public static final int EOPNOTSUPP = 95;
  public static final int EAFNOSUPPORT = 97;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENETUNREACH = 101;
  public static final int ENOBUFS = 105;
  public static final int ECONNREFUSED = 111;
  public static final int EHOSTUNREACH = 113;

  private static final long MAX_TEXT_BYTES = 256;
  private static final MethodHandle STRERROR =
      NativeFunctions.plain("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private Errno() {}

  /** For example {@code Operation not permitted (errno 1)}. */
  @SuppressWarnings("restricted") // reinterpret: the C library promises a string that ends in zero
  public static String text(int errno) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      String words = text.reinterpret(MAX_TEXT_BYTES, arena, null).getString(0);
      return "%s (errno %d)".formatted(words, errno);
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    }
  }

  /** The exception for a refused call. */
  public static UncheckedIOException failure(String doing, int errno) {
    return failure(doing + ": " + text(errno));
  }

  /** The exception with a sentence of its own. */
  public static UncheckedIOException failure(String sentence) {
    return new UncheckedIOException(new IOException(sentence));
  }

  /**
   * Checks a result.
   *
   * @param doing what was tried, for the message
   * @throws UncheckedIOException if {@code result} is a negated error number
   */
  public static int check(int result, String doing) {
    if (result < 0) {
      throw failure(doing, -result);
    }
    return result;
  }
}
