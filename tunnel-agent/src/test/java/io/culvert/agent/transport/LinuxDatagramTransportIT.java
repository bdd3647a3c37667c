package io.culvert.agent.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.linux.Allocation;
import io.culvert.agent.linux.NetworkNamespace;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two sockets over a veth pair.
 *
 * <pre>
 *   [left 198.18.77.1 fd00:77::1] veth0 --- veth0 [198.18.77.2 fd00:77::2 right]
 * </pre>
 */
class LinuxDatagramTransportIT {
  private static final long SECOND = 1_000_000_000L;

  private NetworkNamespace left;
  private NetworkNamespace right;

  @BeforeEach
  void connect() throws Exception {
    left = NetworkNamespace.create();
    right = NetworkNamespace.create();
    NetworkNamespace.connect(left, right);
    left.ip("addr add 198.18.77.1/24 dev veth0");
    right.ip("addr add 198.18.77.2/24 dev veth0");
    left.ip("addr add fd00:77::1/64 dev veth0 nodad");
    right.ip("addr add fd00:77::2/64 dev veth0 nodad");
  }

  @AfterEach
  void disconnect() throws Exception {
    left.close();
    right.close();
  }

  @ParameterizedTest
  @CsvSource({
    "198.18.77.1, 198.18.77.2, 64000, 1000", // 64 datagrams in one call
    "198.18.77.1, 198.18.77.2, 65507, 1441", // an odd last one
    "198.18.77.1, 198.18.77.2, 1200, 1200", // one alone
    "198.18.77.1, 198.18.77.2, 150001, 1400", // more than one call can take
    "fd00:77::1, fd00:77::2, 64000, 1000",
    "fd00:77::1, fd00:77::2, 65001, 1421",
    "fd00:77::1, fd00:77::2, 1, 1400"
  })
  void carriesBatchesInOrder(String from, String to, int lengthBytes, int segmentBytes)
      throws Exception {
    try (var sender = left.call(() -> LinuxDatagramTransport.open(0));
        var receiver = right.call(() -> LinuxDatagramTransport.open(4500))) {
      byte[] sent = new byte[lengthBytes + 7];
      new Random(1).nextBytes(sent);
      Endpoint destination = endpoint(to, 4500);
      assertThat(sender.send(sent, 7, lengthBytes, segmentBytes, destination)).isTrue();
      byte[] received =
          receive(receiver, lengthBytes, segmentBytes, endpoint(from, sender.localPort()));
      assertThat(received).isEqualTo(Arrays.copyOfRange(sent, 7, sent.length));
      assertThat(sender.segmentationOffload()).isTrue();
    }
  }

  private static byte[] receive(
      LinuxDatagramTransport receiver, int lengthBytes, int segmentBytes, Endpoint source) {
    var bytes = new ByteArrayOutputStream();
    var batch = new ReceivedBatch();
    long deadlineNanos = System.nanoTime() + 5 * SECOND;
    int calls = 0;
    while (bytes.size() < lengthBytes && System.nanoTime() < deadlineNanos) {
      if (receiver.receive(batch)) {
        assertThat(batch.source()).isEqualTo(source);
        assertThat(batch.segmentBytes()).isEqualTo(Math.min(segmentBytes, batch.lengthBytes()));
        bytes.write(batch.buffer(), 0, batch.lengthBytes());
        calls++;
      } else {
        receiver.awaitReadable(SECOND);
      }
    }
    assertThat(calls).as("receive calls: coalesced").isLessThanOrEqualTo(1 + lengthBytes / 20_000);
    return bytes.toByteArray();
  }

  @Test
  void datagramOfAnotherSizeGoesOutAloneAfterABatch() throws Exception {
    try (var sender = left.call(() -> LinuxDatagramTransport.open(0));
        var receiver = right.call(() -> LinuxDatagramTransport.open(4500))) {
      Endpoint destination = endpoint("198.18.77.2", 4500);
      byte[] bytes = new byte[8000];
      for (int length : new int[] {500, 1400, 9, 1000}) {
        assertThat(sender.send(bytes, 0, 1000, 500, destination)).isTrue();
        assertThat(sender.send(bytes, 0, length, length, destination)).isTrue();
        Endpoint source = endpoint("198.18.77.1", sender.localPort());
        assertThat(receive(receiver, 1000, 500, source)).hasSize(1000);
        assertThat(receive(receiver, length, length, source)).hasSize(length);
      }
    }
  }

  @Test
  void segmentsLargerThanTheLinkAreFragmented() throws Exception {
    left.ip("link set veth0 mtu 1280");
    try (var sender = left.call(() -> LinuxDatagramTransport.open(0));
        var receiver = right.call(() -> LinuxDatagramTransport.open(4500))) {
      for (String address : new String[] {"198.18.77", "fd00:77:"}) {
        String dot = address.contains(":") ? ":" : ".";
        byte[] sent = new byte[2900];
        assertThat(sender.send(sent, 0, 2900, 1450, endpoint(address + dot + "2", 4500))).isTrue();
        Endpoint source = endpoint(address + dot + "1", sender.localPort());
        var batch = new ReceivedBatch();
        for (int i = 0; i < 2; i++) {
          receiver.awaitReadable(SECOND);
          assertThat(receiver.receive(batch)).isTrue();
          assertThat(batch.isFrom(source)).isTrue();
          assertThat(batch.lengthBytes()).isEqualTo(1450);
        }
      }
      assertThat(sender.segmentationOffload()).isTrue();
    }
  }

  @Test
  void unreachablePortAndMissingRouteDoNotHurtTheSocket() throws Exception {
    try (var sender = left.call(() -> LinuxDatagramTransport.open(0))) {
      byte[] bytes = new byte[100];
      for (int i = 0; i < 20; i++) {
        assertThat(sender.send(bytes, 0, 100, 100, endpoint("198.18.77.2", 9))).isTrue();
        sender.awaitReadable(1_000_000);
        assertThat(sender.receive(new ReceivedBatch())).isFalse();
      }
      assertThat(sender.send(bytes, 0, 100, 100, endpoint("198.19.0.1", 9))).isFalse();
      try (var receiver = right.call(() -> LinuxDatagramTransport.open(4500))) {
        assertThat(sender.send(bytes, 0, 100, 100, endpoint("198.18.77.2", 4500))).isTrue();
        receiver.awaitReadable(SECOND);
        assertThat(receiver.receive(new ReceivedBatch())).isTrue();
      }
    }
  }

  @Test
  void wakingAndClosingEndTheWait() throws Exception {
    var transport = left.call(() -> LinuxDatagramTransport.open(0));
    transport.wakeReceiver();
    assertThat(nanosOf(() -> transport.awaitReadable(10 * SECOND))).isLessThan(5 * SECOND);
    assertThat(nanosOf(() -> transport.awaitReadable(20_000_000))).isGreaterThan(15_000_000L);
    var waiting =
        CompletableFuture.supplyAsync(() -> nanosOf(() -> transport.awaitReadable(10 * SECOND)));
    transport.close();
    assertThat(waiting.get(20, TimeUnit.SECONDS)).isLessThan(5 * SECOND);
    assertThat(transport.send(new byte[10], 0, 10, 10, endpoint("198.18.77.2", 9))).isFalse();
    assertThatThrownBy(() -> transport.receive(new ReceivedBatch()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("is closed");
    transport.close();
    transport.wakeReceiver();
  }

  private static long nanosOf(Runnable task) {
    long begun = System.nanoTime();
    task.run();
    return System.nanoTime() - begun;
  }

  @Test
  void portInUseIsSaidSo() throws Exception {
    try (var first = left.call(() -> LinuxDatagramTransport.open(0))) {
      assertThatThrownBy(
              () -> left.call(() -> LinuxDatagramTransport.open(first.localPort()).localPort()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("UDP port %d is in use".formatted(first.localPort()));
    }
  }

  @Test
  void allocatesNothingForEachCall() throws Exception {
    try (var sender = left.call(() -> LinuxDatagramTransport.open(0));
        var receiver = right.call(() -> LinuxDatagramTransport.open(4500))) {
      Endpoint destination = endpoint("198.18.77.2", 4500);
      byte[] bytes = new byte[6000];
      var batch = new ReceivedBatch();
      long allocated =
          Allocation.bytesInSteadyState(
              () -> {
                sender.send(bytes, 0, 4000, 1400, destination);
                sender.send(bytes, 11, 500, 500, destination);
                while (receiver.receive(batch)) {
                  batch.lengthBytes();
                }
                receiver.awaitReadable(1);
              });
      assertThat(allocated).isZero();
    }
  }

  private static Endpoint endpoint(String address, int port) throws Exception {
    return Endpoint.of(InetAddress.getByName(address).getAddress(), port);
  }
}
