package io.culvert.agent.dataplane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The fields of {@code struct virtio_net_hdr} (linux/virtio_net.h), little-endian, in front of each
 * frame of the TUN device.
 *
 * <pre>
 * offset  0      1         2         4          6            8
 *         flags  gso_type  hdr_len   gso_size   csum_start   csum_offset
 * </pre>
 */
final class VnetHeader {
  /** Flag: the checksum from {@code csum_start} on is partial. */
  static final int NEEDS_CSUM = 1;

  /** gso_type: one packet. */
  static final int GSO_NONE = 0;

  /** gso_type: TCP over IPv4. */
  static final int GSO_TCPV4 = 1;

  /** gso_type: TCP over IPv6. */
  static final int GSO_TCPV6 = 4;

  /** gso_type: UDP datagrams of one size. */
  static final int GSO_UDP_L4 = 5;

  private static final int GSO_ECN = 0x80;
  private static final VarHandle INT16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private VnetHeader() {}

  static boolean needsChecksum(byte[] frame) {
    return (frame[0] & NEEDS_CSUM) != 0;
  }

  /** The type without the ECN bit. */
  static int gsoType(byte[] frame) {
    return frame[1] & 0xFF & ~GSO_ECN;
  }

  static int gsoSize(byte[] frame) {
    return (short) INT16.get(frame, 4) & 0xFFFF;
  }

  static int checksumStart(byte[] frame) {
    return (short) INT16.get(frame, 6) & 0xFFFF;
  }

  static int checksumOffset(byte[] frame) {
    return (short) INT16.get(frame, 8) & 0xFFFF;
  }

  /** Writes all fields at {@code at}. */
  static void write(
      byte[] frame,
      int at,
      int flags,
      int gsoType,
      int headerBytes,
      int gsoSize,
      int checksumStart,
      int checksumOffset) {
    frame[at] = (byte) flags;
    frame[at + 1] = (byte) gsoType;
    INT16.set(frame, at + 2, (short) headerBytes);
    INT16.set(frame, at + 4, (short) gsoSize);
    INT16.set(frame, at + 6, (short) checksumStart);
    INT16.set(frame, at + 8, (short) checksumOffset);
  }
}
