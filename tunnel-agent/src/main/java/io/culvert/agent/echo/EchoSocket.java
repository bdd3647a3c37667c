package io.culvert.agent.echo;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.culvert.agent.linux.Descriptors;
import io.culvert.agent.linux.Errno;
import io.culvert.agent.linux.ErrnoCell;
import io.culvert.agent.linux.GuardedDescriptor;
import io.culvert.agent.linux.SocketAddress;
import io.culvert.agent.linux.Sockets;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.OptionalLong;

/**
 * Sends echo requests from one local address (RFC 792, RFC 4443). One thread.
 *
 * <p>An ICMP datagram socket where net.ipv4.ping_group_range allows it, for which the kernel picks
 * identifier and replies; otherwise a raw socket, which hears every ICMP message of the host. The
 * number in the data tells our replies in both cases.
 */
public final class EchoSocket implements AutoCloseable {
  private static final int IPPROTO_ICMP = 1;
  private static final int IPPROTO_ICMPV6 = 58;
  private static final int RECEIVE_BYTES = 2048;

  private final GuardedDescriptor socket;
  private final boolean ipv6;
  private final boolean rawIpv4;
  private final SecureRandom random = new SecureRandom();
  private final int identifier = random.nextInt(0x1_0000);
  private final MemorySegment request = Arena.ofAuto().allocate(EchoMessage.BYTES, 8);
  private final MemorySegment received = Arena.ofAuto().allocate(RECEIVE_BYTES, 8);

  private EchoSocket(int descriptor, boolean ipv6, boolean raw) {
    socket = GuardedDescriptor.adopt(descriptor);
    this.ipv6 = ipv6;
    rawIpv4 = raw && !ipv6;
  }

  /**
   * Opens a socket bound to a local address.
   *
   * @throws UncheckedIOException if the kernel refuses, with what to do about it
   */
  public static EchoSocket open(InetAddress local) {
    boolean ipv6 = local.getAddress().length == 16;
    int descriptor = socket(ipv6, Sockets.SOCK_DGRAM);
    boolean raw = descriptor < 0;
    if (raw) {
      descriptor = socket(ipv6, Sockets.SOCK_RAW);
    }
    if (descriptor == -Errno.EPERM || descriptor == -Errno.EACCES) {
      throw Errno.failure(
          "echo requests need CAP_NET_RAW or a group in net.ipv4.ping_group_range: start the agent"
              + " as root or with that capability");
    }
    Errno.check(descriptor, "cannot make an ICMP socket");
    SocketAddress address = SocketAddress.of(local);
    int bound = Sockets.bind(descriptor, address.segment(), address.lengthBytes());
    if (bound < 0) {
      Descriptors.close(descriptor);
      throw Errno.failure("cannot send from " + local.getHostAddress(), -bound);
    }
    return new EchoSocket(descriptor, ipv6, raw);
  }

  private static int socket(boolean ipv6, int type) {
    return Sockets.socket(
        ipv6 ? Sockets.AF_INET6 : Sockets.AF_INET,
        type | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC,
        ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
  }

  /**
   * Sends one request and waits for its reply.
   *
   * @param sequence 0 to 65535
   * @return the round-trip time in nanoseconds; empty if no reply came in time
   * @throws UncheckedIOException if the request cannot be sent, for example because there is no
   *     route
   */
  public OptionalLong echo(InetAddress target, int sequence, long timeoutNanos) {
    long nonce = random.nextLong();
    EchoMessage.writeRequest(request, ipv6, identifier, sequence, nonce);
    long sentNanos = System.nanoTime();
    send(target);
    long waitedNanos = 0;
    while (waitedNanos < timeoutNanos) {
      socket.awaitReadable(timeoutNanos - waitedNanos);
      boolean replied = drainUntilReply(sequence, nonce);
      waitedNanos = System.nanoTime() - sentNanos;
      if (replied) {
        return OptionalLong.of(waitedNanos);
      }
    }
    return OptionalLong.empty();
  }

  private void send(InetAddress target) {
    SocketAddress address = SocketAddress.of(target);
    int sent =
        Sockets.sendTo(
            new ErrnoCell(),
            socket.number(),
            request,
            EchoMessage.BYTES,
            address.segment(),
            address.lengthBytes());
    Errno.check(sent, "cannot send an echo request to " + target.getHostAddress());
  }

  private boolean drainUntilReply(int sequence, long nonce) {
    while (true) {
      int length =
          Sockets.receiveFrom(
              socket.number(),
              received,
              Sockets.MSG_DONTWAIT,
              MemorySegment.NULL,
              MemorySegment.NULL);
      if (length < 0) {
        return false;
      }
      int header = rawIpv4 ? ipv4HeaderBytes() : 0;
      if (header <= length
          && EchoMessage.isReply(
              received.asSlice(header, length - header), ipv6, sequence, nonce)) {
        return true;
      }
    }
  }

  /** A raw IPv4 socket hands out the IP header as well. */
  private int ipv4HeaderBytes() {
    return 4 * (received.get(JAVA_BYTE, 0) & 0x0F);
  }

  @Override
  public void close() {
    socket.close();
  }
}
