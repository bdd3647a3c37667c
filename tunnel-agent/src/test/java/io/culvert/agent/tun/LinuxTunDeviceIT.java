package io.culvert.agent.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.echo.EchoSocket;
import io.culvert.agent.linux.Allocation;
import io.culvert.agent.linux.NetworkNamespace;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.transport.LinuxDatagramTransport;
import io.culvert.agent.tun.InterfaceConfigurator.Address;
import io.culvert.agent.tun.InterfaceConfigurator.Route;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The kernel's TUN driver.
 *
 * <pre>
 *   [left] culvert0 10.77.0.1 fd00:77::1 --- this JVM --- 10.77.0.2 fd00:77::2 culvert0 [right]
 * </pre>
 */
class LinuxTunDeviceIT {
  private static final long SECOND = 1_000_000_000L;
  private static final int MTU = 1380;

  private NetworkNamespace left;
  private NetworkNamespace right;
  private LinuxTunDevice tun;

  @BeforeEach
  void open() throws Exception {
    left = NetworkNamespace.create();
    right = NetworkNamespace.create();
    tun = openIn(left, 1);
  }

  @AfterEach
  void close() throws Exception {
    tun.close();
    left.close();
    right.close();
  }

  private static LinuxTunDevice openIn(NetworkNamespace namespace, int host) throws Exception {
    LinuxTunDevice device = configure(namespace, host);
    awaitLocal(namespace, "fd00:77::" + host);
    return device;
  }

  /** The kernel begins to accept packets to a new IPv6 address a little later, in a work queue. */
  private static void awaitLocal(NetworkNamespace namespace, String address) throws Exception {
    long deadlineNanos = System.nanoTime() + 5 * SECOND;
    while (!namespace.ip("-6 route show table local").contains("local " + address)) {
      assertThat(System.nanoTime()).as(address + " is local").isLessThan(deadlineNanos);
    }
  }

  private static LinuxTunDevice configure(NetworkNamespace namespace, int host) throws Exception {
    return namespace.call(
        () -> {
          LinuxTunDevice device = LinuxTunDevice.open("culvert0", MTU);
          try (var configurator = LinuxInterfaceConfigurator.open("culvert0")) {
            InetAddress ipv4 = InetAddress.getByName("10.77.0." + host);
            InetAddress ipv6 = InetAddress.getByName("fd00:77::" + host);
            configurator.apply(
                Set.of(new Address(ipv4), new Address(ipv6)),
                Set.of(
                    new Route(InetAddress.getByName("10.77.0.0"), 24, ipv4),
                    new Route(InetAddress.getByName("fd00:77::"), 64, ipv6)));
          }
          return device;
        });
  }

  @Test
  void interfaceIsUpWithItsMtuAndSegmentationOffload() throws Exception {
    assertThat(left.ip("-d link show culvert0"))
        .contains("mtu 1380")
        .contains("UP")
        .contains("addrgenmode none")
        .contains("vnet_hdr on");
    assertThat(tun.offloads()).isEqualTo(TunOffloads.ALL); // Linux 6.2
    assertThat(tun.name()).isEqualTo("culvert0");
    assertThat(tun.mtuBytes()).isEqualTo(MTU);
    tun.close();
    assertThatThrownBy(() -> left.ip("link show culvert0")).hasMessageContaining("not exist");
  }

  @ParameterizedTest
  @CsvSource({"10.77.0.1, 10.77.0.2", "fd00:77::1, fd00:77::2"})
  void pingsAreAnswered(String from, String to) throws Exception {
    InetAddress target = InetAddress.getByName(to);
    EchoResponder responder = new EchoResponder(tun);
    try (responder;
        EchoSocket echo = left.call(() -> EchoSocket.open(InetAddress.getByName(from)))) {
      for (int sequence = 1; sequence <= 20; sequence++) {
        assertThat(echo.echo(target, sequence, 2 * SECOND)).as("reply %d", sequence).isPresent();
      }
    }
    // It counts an answer after it has gone out, and has ended.
    assertThat(responder.answered()).isEqualTo(20);
  }

  @Test
  void pingWithoutAnAnswerEndsInTime() throws Exception {
    InetAddress local = InetAddress.getByName("10.77.0.1");
    try (EchoSocket echo = left.call(() -> EchoSocket.open(local))) {
      assertThat(echo.echo(InetAddress.getByName("10.77.0.2"), 1, SECOND / 20)).isEmpty();
      assertThatThrownBy(() -> echo.echo(InetAddress.getByName("198.18.0.9"), 1, SECOND))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cannot send an echo request to 198.18.0.9");
    }
    assertThatThrownBy(() -> left.call(() -> EchoSocket.open(InetAddress.getByName("10.1.2.3"))))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot send from 10.1.2.3");
  }

  @ParameterizedTest
  @CsvSource({"10.77.0.2, 1", "fd00:77::2, 4"})
  void tcpStreamCrossesInFramesLargerThanTheMtu(String to, int gsoType) throws Exception {
    int bytes = 32 << 20;
    try (LinuxTunDevice other = openIn(right, 2);
        var there = new FramePump(tun, other);
        var back = new FramePump(other, tun)) {
      ServerSocket server = right.call(() -> new ServerSocket(5001, 1, InetAddress.getByName(to)));
      CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> readAll(server));
      left.call(() -> sendTo(new InetSocketAddress(to, 5001), bytes));
      assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(bytes);
      assertThat(there.largestFrameBytes()).isBetween(20_000, 60_000 + TunDevice.VNET_HEADER_BYTES);
      assertThat(there.framesOfGsoType(gsoType)).isPositive();
      assertThat(there.partialChecksums()).isPositive();
      assertThat(back.refused() + there.refused()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"10.77.0.2", "fd00:77::2"})
  void datagramsOfOneSizeCrossBehindOneHeader(String to) throws Exception {
    int size = 500;
    int count = 40;
    byte[] batch = new byte[count * size - 100];
    new Random(3).nextBytes(batch);
    try (LinuxTunDevice other = openIn(right, 2);
        var there = new FramePump(tun, other);
        DatagramSocket receiver =
            right.call(() -> new DatagramSocket(5002, InetAddress.getByName(to)));
        LinuxDatagramTransport sender = left.call(() -> LinuxDatagramTransport.open(0))) {
      receiver.setSoTimeout(5_000);
      Endpoint target = Endpoint.of(InetAddress.getByName(to).getAddress(), 5002);

      assertThat(sender.send(batch, 0, batch.length, size, target)).isTrue();

      var received = new ByteArrayOutputStream();
      for (int i = 0; i < count; i++) {
        DatagramPacket datagram = new DatagramPacket(new byte[2000], 2000);
        receiver.receive(datagram);
        assertThat(datagram.getLength()).isEqualTo(i < count - 1 ? size : size - 100);
        received.write(datagram.getData(), 0, datagram.getLength());
      }
      assertThat(received.toByteArray()).isEqualTo(batch);
      assertThat(there.framesOfGsoType(5)).isEqualTo(1);
      assertThat(there.refused()).isZero();
    }
  }

  private static Integer sendTo(InetSocketAddress to, int bytes) throws IOException {
    try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
      socket.getOutputStream().write(new byte[bytes]);
    }
    return bytes;
  }

  private static long readAll(ServerSocket server) {
    try (server;
        Socket socket = server.accept()) {
      return socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void wakingAndClosingEndTheWait() throws Exception {
    tun.wakeReader();
    assertThat(nanosOf(() -> tun.awaitReadable(10 * SECOND))).isLessThan(5 * SECOND);
    assertThat(nanosOf(() -> tun.awaitReadable(20_000_000))).isGreaterThan(15_000_000L);
    assertThat(tun.read(new byte[100], 0, 100)).isZero();
    var waiting =
        CompletableFuture.supplyAsync(() -> nanosOf(() -> tun.awaitReadable(10 * SECOND)));
    tun.close();
    assertThat(waiting.get(20, TimeUnit.SECONDS)).isLessThan(5 * SECOND);
    assertThat(tun.write(new byte[100], 0, 100)).isFalse();
    assertThatThrownBy(() -> tun.read(new byte[100], 0, 100))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("culvert0 is closed");
  }

  @Test
  void interfaceRemovedUnderneathIsSaidSo() throws Exception {
    left.ip("link del culvert0");
    assertThatThrownBy(() -> tun.read(new byte[100], 0, 100))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("culvert0 is gone");
    assertThat(tun.write(new byte[100], 0, 100)).isFalse();
  }

  @Test
  void malformedFrameIsRefused() {
    assertThat(tun.write(new byte[12], 0, 12)).isFalse();
  }

  @Test
  void allocatesNothingForEachCall() throws Exception {
    byte[] frame = new byte[TunDevice.MAX_FRAME_BYTES];
    byte[] packet = udpPacket();
    long allocated =
        Allocation.bytesInSteadyState(
            () -> {
              tun.write(packet, 0, packet.length);
              tun.read(frame, 0, frame.length);
              tun.read(frame, 64, 2000);
              tun.awaitReadable(1);
            });
    assertThat(allocated).isZero();
  }

  /** From 10.77.0.2 to the closed port 9 of 10.77.0.1: answered by ICMP errors now and then. */
  private static byte[] udpPacket() {
    byte[] frame = new byte[TunDevice.VNET_HEADER_BYTES + 28];
    byte[] header = {
      0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0x66, 0x31, 10, 77, 0, 2, 10, 77, 0, 1, 0, 9, 0, 9, 0, 8
    };
    System.arraycopy(header, 0, frame, TunDevice.VNET_HEADER_BYTES, header.length);
    return frame;
  }

  @Test
  void nameInUseIsSaidSo() {
    assertThatThrownBy(() -> left.call(() -> LinuxTunDevice.open("culvert0", MTU)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("interface culvert0 is in use by another program");
  }

  @Test
  void impossibleNameIsRefused() {
    for (String name : new String[] {"", "a-name-that-is-too-long", "a/b", "tun%d"}) {
      assertThatThrownBy(() -> LinuxTunDevice.open(name, MTU))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no interface name");
    }
  }

  @Test
  void impossibleMtuIsSaidSo() {
    assertThatThrownBy(() -> left.call(() -> LinuxTunDevice.open("culvert1", 10)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("interface culvert1 up with an MTU of 10: mtu less than");
    assertThatThrownBy(() -> left.ip("link show culvert1")).hasMessageContaining("not exist");
  }

  @Test
  void missingDeviceAndMissingRightsAreSaidSo() throws Exception {
    assertThat(
            opening("unshare", "-mn", "sh", "-c", "mount -t tmpfs t /dev/net && exec \"$@\"", "sh"))
        .contains("/dev/net/tun is missing")
        .contains("modprobe tun");
    assertThat(
            opening(
                "unshare", "-n", "setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"))
        .contains("needs CAP_NET_ADMIN");
    assertThat(
            opening(
                "unshare",
                "-mn",
                "sh",
                "-c",
                "mount -t tmpfs t /dev/net && mknod -m 0 /dev/net/tun c 10 200 && exec setpriv --bounding-set=-all --inh-caps=-all \"$@\"",
                "sh"))
        .contains("may not be opened by this user");
  }

  /** What a JVM that is started in this way says when it opens a device. */
  private static String opening(String... prefix) throws Exception {
    String java = ProcessHandle.current().info().command().orElseThrow();
    String[] program = {
      java,
      "--enable-native-access=ALL-UNNAMED",
      "-Xmx64m",
      "-XX:TieredStopAtLevel=1",
      "-cp",
      System.getProperty("java.class.path"),
      Opener.class.getName()
    };
    return NetworkNamespace.execute(
        Stream.of(prefix, program).flatMap(Arrays::stream).toArray(String[]::new));
  }

  /** Opens a device in a JVM of its own. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) {
      try (var device = LinuxTunDevice.open("culvert9", MTU)) {
        System.out.println("opened " + device.name());
      } catch (UncheckedIOException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static long nanosOf(Runnable task) {
    long begun = System.nanoTime();
    task.run();
    return System.nanoTime() - begun;
  }
}
