package io.culvert.agent.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.culvert.agent.linux.Errno;
import io.culvert.agent.linux.GuardedDescriptor;
import io.culvert.agent.linux.SocketAddress;
import io.culvert.agent.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The receiving half of a UDP socket: recvmsg(2) into native memory, then one copy into the batch.
 * The native memory is there because an iovec holds addresses, which heap arrays do not have.
 *
 * <pre>
 *   struct msghdr                        struct cmsghdr (64-bit)
 *    0  msg_name                          0  cmsg_len
 *    8  msg_namelen                       8  cmsg_level  (SOL_UDP)
 *   16  msg_iov                          12  cmsg_type   (UDP_GRO)
 *   24  msg_iovlen                       16  data: int, bytes of a segment
 *   32  msg_control
 *   40  msg_controllen                   struct iovec
 *   48  msg_flags                         0  iov_base    8  iov_len
 * </pre>
 */
final class GroReceiver {
  static final int SOL_UDP = 17;
  static final int UDP_GRO = 104;

  private static final int MSGHDR_BYTES = 56;
  private static final int NAME_LENGTH = 8;
  private static final int CONTROL_LENGTH = 40;
  private static final int CONTROL_BYTES = 64;
  private static final int CMSG_LEVEL = 8;
  private static final int CMSG_TYPE = 12;
  private static final int CMSG_DATA = 16;

  /** Errors that say something about an earlier datagram or a hiccup, each consumed by reading. */
  private static final int MAX_ERRORS_IN_A_ROW = 16;

  private final GuardedDescriptor socket;
  private final SocketAddress source;
  private final MemorySegment data = Arena.ofAuto().allocate(ReceivedBatch.MAX_BYTES, 64);
  private final MemorySegment control = Arena.ofAuto().allocate(CONTROL_BYTES, 8);
  private final MemorySegment iovec = Arena.ofAuto().allocate(16, 8);
  private final MemorySegment header = Arena.ofAuto().allocate(MSGHDR_BYTES, 8);

  GroReceiver(GuardedDescriptor socket, boolean ipv6) {
    this.socket = socket;
    source = new SocketAddress(ipv6);
    iovec.set(ADDRESS, 0, data);
    iovec.set(JAVA_LONG, 8, data.byteSize());
    header.set(ADDRESS, 0, source.segment());
    header.set(ADDRESS, 16, iovec);
    header.set(JAVA_LONG, 24, 1);
    header.set(ADDRESS, 32, control);
  }

  /** The socket is open and stays so during the call. */
  boolean receive(ReceivedBatch batch) {
    for (int errors = 0; errors < MAX_ERRORS_IN_A_ROW; errors++) {
      header.set(JAVA_INT, NAME_LENGTH, SocketAddress.MAX_BYTES);
      header.set(JAVA_LONG, CONTROL_LENGTH, CONTROL_BYTES);
      int length = Sockets.receiveMessage(socket.readErrno(), socket.number(), header);
      if (length >= 0) {
        fill(batch, length);
        return true;
      }
      if (length == -Errno.EAGAIN) {
        return false;
      }
    }
    return false;
  }

  private void fill(ReceivedBatch batch, int length) {
    MemorySegment.copy(data, JAVA_BYTE, 0, batch.buffer(), 0, length);
    batch.set(length, segmentBytes(length), source.high(), source.low(), source.port());
  }

  /** What the control message says; without one the batch is a single datagram. */
  private int segmentBytes(int length) {
    boolean coalesced =
        header.get(JAVA_LONG, CONTROL_LENGTH) >= CMSG_DATA + Integer.BYTES
            && control.get(JAVA_INT, CMSG_LEVEL) == SOL_UDP
            && control.get(JAVA_INT, CMSG_TYPE) == UDP_GRO;
    return coalesced ? control.get(JAVA_INT, CMSG_DATA) : length;
  }
}
