package io.culvert.agent.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.culvert.agent.linux.ArrayView;
import io.culvert.agent.linux.Errno;
import io.culvert.agent.linux.GuardedDescriptor;
import io.culvert.agent.linux.SocketAddress;
import io.culvert.agent.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The sending half of a UDP socket: sendto(2) straight from the caller's array.
 *
 * <p>The segment size is a property of the socket here (setsockopt), not of each call (a control
 * message): sendmsg(2) would need an iovec, hence native memory, hence a copy of every batch, while
 * the size changes rarely. A single datagram that is not longer than the size in force goes out as
 * it is, so short ones do not change it either.
 */
final class GsoSender {
  private static final int UDP_SEGMENT = 103;

  /** How long a full send buffer may hold the sender up before the batch is dropped. */
  private static final long PATIENCE_NANOS = 5_000_000;

  private final GuardedDescriptor socket;
  private final boolean ipv6;
  private final SocketAddress destination;
  private final ArrayView view = new ArrayView();
  private final MemorySegment optionCell = Arena.ofAuto().allocate(JAVA_INT);
  private int socketSegmentBytes;
  private volatile boolean offload;

  GsoSender(GuardedDescriptor socket, boolean ipv6) {
    this.socket = socket;
    this.ipv6 = ipv6;
    destination = new SocketAddress(ipv6);
    offload = setSegment(0);
  }

  /** Whether the kernel segments. */
  boolean offload() {
    return offload;
  }

  /** As {@link DatagramTransport#send}. The socket is open and stays so during the call. */
  boolean send(byte[] buffer, int offset, int lengthBytes, int segmentBytes, Endpoint to) {
    if (!ipv6 && !to.isIpv4()) {
      return false;
    }
    destination.set(to.high(), to.low(), to.port());
    int most = batchBytes(segmentBytes);
    int end = offset + lengthBytes;
    boolean all = true;
    for (int at = offset; at < end; at += most) {
      all &= sendBatch(buffer, at, Math.min(most, end - at), segmentBytes);
    }
    return all;
  }

  private static int batchBytes(int segmentBytes) {
    int datagrams =
        Math.min(
            DatagramTransport.MAX_BATCH_DATAGRAMS,
            DatagramTransport.MAX_BATCH_BYTES / segmentBytes);
    return Math.max(1, datagrams) * segmentBytes;
  }

  private boolean sendBatch(byte[] buffer, int offset, int lengthBytes, int segmentBytes) {
    if (lengthBytes <= segmentBytes) {
      return sendSingle(buffer, offset, lengthBytes);
    }
    if (offload && (socketSegmentBytes == segmentBytes || setSegment(segmentBytes))) {
      int error = sendOrWait(buffer, offset, lengthBytes);
      if (!refusesSegmentation(error)) {
        return error == 0;
      }
      offload = error != Errno.EIO;
    }
    return sendOneByOne(buffer, offset, lengthBytes, segmentBytes);
  }

  /**
   * EIO: the device cannot checksum, so never again. The others: this size does not fit this path,
   * where single datagrams may be fragmented.
   */
  private static boolean refusesSegmentation(int error) {
    return error == Errno.EIO
        || error == Errno.EINVAL
        || error == Errno.EMSGSIZE
        || error == Errno.EOPNOTSUPP;
  }

  private boolean sendOneByOne(byte[] buffer, int offset, int lengthBytes, int segmentBytes) {
    int end = offset + lengthBytes;
    boolean all = true;
    for (int at = offset; at < end; at += segmentBytes) {
      all &= sendSingle(buffer, at, Math.min(segmentBytes, end - at));
    }
    return all;
  }

  private boolean sendSingle(byte[] buffer, int offset, int lengthBytes) {
    if (socketSegmentBytes != 0 && socketSegmentBytes < lengthBytes) {
      setSegment(0);
    }
    int error = sendOrWait(buffer, offset, lengthBytes);
    if (socketSegmentBytes != 0 && refusesSegmentation(error)) {
      setSegment(0);
      error = sendOrWait(buffer, offset, lengthBytes);
    }
    return error == 0;
  }

  private boolean setSegment(int segmentBytes) {
    boolean accepted =
        Sockets.setOption(
            socket.number(), GroReceiver.SOL_UDP, UDP_SEGMENT, optionCell, segmentBytes);
    if (accepted) {
      socketSegmentBytes = segmentBytes;
    }
    return accepted;
  }

  /**
   * Sends; waits once for room in the send buffer. An error that an earlier datagram caused is
   * reported by one call only, so such a call is made again.
   *
   * @return 0 or an error number
   */
  private int sendOrWait(byte[] buffer, int offset, int lengthBytes) {
    int error = sendNow(buffer, offset, lengthBytes);
    if (error == Errno.EAGAIN) {
      socket.awaitWritable(PATIENCE_NANOS);
      return sendNow(buffer, offset, lengthBytes);
    }
    boolean ofAnEarlierOne = error == Errno.ECONNREFUSED || error == Errno.EINTR;
    return ofAnEarlierOne ? sendNow(buffer, offset, lengthBytes) : error;
  }

  private int sendNow(byte[] buffer, int offset, int lengthBytes) {
    int result =
        Sockets.sendTo(
            socket.writeErrno(),
            socket.number(),
            view.of(buffer, offset),
            lengthBytes,
            destination.segment(),
            destination.lengthBytes());
    return result < 0 ? -result : 0;
  }
}
