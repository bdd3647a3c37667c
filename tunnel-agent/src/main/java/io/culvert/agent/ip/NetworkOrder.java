package io.culvert.agent.ip;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian numbers in byte arrays. The caller has checked the length. */
public final class NetworkOrder {
  private static final VarHandle INT16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private NetworkOrder() {}

  /** Unsigned 8 bits at {@code offset}. */
  public static int uint8(byte[] bytes, int offset) {
    return bytes[offset] & 0xFF;
  }

  /** Unsigned 16 bits at {@code offset}. */
  public static int uint16(byte[] bytes, int offset) {
    return (short) INT16.get(bytes, offset) & 0xFFFF;
  }

  /** The 32 bits at {@code offset}. */
  public static int int32(byte[] bytes, int offset) {
    return (int) INT32.get(bytes, offset);
  }

  /** Unsigned 32 bits at {@code offset}. */
  public static long uint32(byte[] bytes, int offset) {
    return int32(bytes, offset) & 0xFFFF_FFFFL;
  }

  /** The 64 bits at {@code offset}. */
  public static long int64(byte[] bytes, int offset) {
    return (long) INT64.get(bytes, offset);
  }

  /** Writes the low 16 bits of {@code value}. */
  public static void putInt16(byte[] bytes, int offset, int value) {
    INT16.set(bytes, offset, (short) value);
  }

  /** Writes 32 bits. */
  public static void putInt32(byte[] bytes, int offset, int value) {
    INT32.set(bytes, offset, value);
  }

  /** Writes 64 bits. */
  public static void putInt64(byte[] bytes, int offset, long value) {
    INT64.set(bytes, offset, value);
  }
}
