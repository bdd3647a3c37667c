package io.culvert.agent.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.culvert.agent.linux.Descriptors;
import io.culvert.agent.linux.Errno;
import io.culvert.agent.linux.GuardedDescriptor;
import io.culvert.agent.linux.SocketAddress;
import io.culvert.agent.linux.Sockets;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A UDP socket of Linux with UDP_SEGMENT and UDP_GRO.
 *
 * <p>Path MTU: IPv4 datagrams go out without DF and without regard to what ICMP says
 * (IP_PMTUDISC_OMIT): a path narrower than the outer packets fragments them, which is slow and
 * works, and no forged ICMP message can make us send small packets. With DF they would vanish, for
 * nobody here looks for the path's MTU yet. IPv6 routers do not fragment, so there the kernel does,
 * by the path MTU that it has learned (IPV6_PMTUDISC_DONT).
 *
 * <p>The socket is not connected, and errors are not queued (no IP_RECVERR): an ICMP error about
 * one peer changes nothing for the others.
 */
public final class LinuxDatagramTransport implements DatagramTransport {
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IP_MTU_DISCOVER = 10;
  private static final int IP_PMTUDISC_OMIT = 5;
  private static final int IPV6_V6ONLY = 26;
  private static final int IPV6_MTU_DISCOVER = 23;
  private static final int IPV6_PMTUDISC_DONT = 0;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;

  /** Some 30 ms of 1 Gbit/s; the kernel doubles it for its own bookkeeping. */
  private static final int BUFFER_BYTES = 4 << 20;

  private final GuardedDescriptor socket;
  private final GsoSender sender;
  private final GroReceiver receiver;
  private final int localPort;
  private final boolean gro;

  private LinuxDatagramTransport(GuardedDescriptor socket, boolean ipv6, int localPort) {
    this.socket = socket;
    this.localPort = localPort;
    gro = Sockets.setOption(socket.number(), GroReceiver.SOL_UDP, GroReceiver.UDP_GRO, 1);
    sender = new GsoSender(socket, ipv6);
    receiver = new GroReceiver(socket, ipv6);
  }

  /**
   * Opens a socket for IPv6 and IPv4; for IPv4 alone where the kernel has no IPv6.
   *
   * @param port to bind to on all addresses; 0 takes any free one
   * @throws UncheckedIOException if the kernel refuses, for example because the port is in use
   */
  public static LinuxDatagramTransport open(int port) {
    int type = Sockets.SOCK_DGRAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;
    int descriptor = Sockets.socket(Sockets.AF_INET6, type, 0);
    boolean ipv6 = descriptor >= 0 && binds(descriptor, true, port);
    if (!ipv6) {
      descriptor = Errno.check(Sockets.socket(Sockets.AF_INET, type, 0), "cannot make a socket");
      bind(descriptor, false, port);
    }
    setOptions(descriptor, ipv6);
    int localPort = localPort(descriptor, ipv6);
    return new LinuxDatagramTransport(GuardedDescriptor.adopt(descriptor), ipv6, localPort);
  }

  /** False, and closed, if there is no IPv6 here (ipv6.disable, or disable_ipv6 on lo). */
  private static boolean binds(int descriptor, boolean ipv6, int port) {
    var _ = Sockets.setOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    int result = tryBind(descriptor, ipv6, port);
    if (result == -Errno.EADDRNOTAVAIL || result == -Errno.EAFNOSUPPORT) {
      Descriptors.close(descriptor);
      return false;
    }
    checkBound(descriptor, port, result);
    return true;
  }

  private static void bind(int descriptor, boolean ipv6, int port) {
    checkBound(descriptor, port, tryBind(descriptor, ipv6, port));
  }

  private static int tryBind(int descriptor, boolean ipv6, int port) {
    var any = new SocketAddress(ipv6);
    any.set(0, 0, port);
    return Sockets.bind(descriptor, any.segment(), any.lengthBytes());
  }

  private static void checkBound(int descriptor, int port, int result) {
    if (result < 0) {
      Descriptors.close(descriptor);
      throw result == -Errno.EADDRINUSE
          ? Errno.failure(
              "UDP port %d is in use by another program; choose another port".formatted(port))
          : Errno.failure("cannot bind UDP port " + port, -result);
    }
  }

  private static void setOptions(int descriptor, boolean ipv6) {
    // Each of these may be refused: then the default serves, less well.
    var _ = Sockets.setOption(descriptor, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
    if (ipv6) {
      var _ = Sockets.setOption(descriptor, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
    }
    enlarge(descriptor, SO_RCVBUFFORCE, SO_RCVBUF);
    enlarge(descriptor, SO_SNDBUFFORCE, SO_SNDBUF);
  }

  private static void enlarge(int descriptor, int forced, int asked) {
    if (!Sockets.setOption(descriptor, Sockets.SOL_SOCKET, forced, BUFFER_BYTES)) {
      var _ = Sockets.setOption(descriptor, Sockets.SOL_SOCKET, asked, BUFFER_BYTES);
    }
  }

  private static int localPort(int descriptor, boolean ipv6) {
    var address = new SocketAddress(ipv6);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocateFrom(JAVA_INT, address.lengthBytes());
      Errno.check(Sockets.name(descriptor, address.segment(), length), "cannot read the port");
    }
    return address.port();
  }

  @Override
  public int localPort() {
    return localPort;
  }

  @Override
  public boolean segmentationOffload() {
    return gro && sender.offload();
  }

  /** As the port says; false too once it is closed. */
  @Override
  public boolean send(
      byte[] buffer, int offset, int lengthBytes, int segmentBytes, Endpoint destination) {
    if (!socket.enterWriter()) {
      return false;
    }
    try {
      return sender.send(buffer, offset, lengthBytes, segmentBytes, destination);
    } finally {
      socket.leaveWriter();
    }
  }

  /**
   * As the port says.
   *
   * @throws UncheckedIOException once it is closed
   */
  @Override
  public boolean receive(ReceivedBatch batch) {
    if (!socket.enterReader()) {
      throw Errno.failure("the UDP socket of port %d is closed".formatted(localPort));
    }
    try {
      return receiver.receive(batch);
    } finally {
      socket.leaveReader();
    }
  }

  @Override
  public void awaitReadable(long timeoutNanos) {
    socket.awaitReadable(timeoutNanos);
  }

  @Override
  public void wakeReceiver() {
    socket.wake();
  }

  @Override
  public void close() {
    socket.close();
  }
}
