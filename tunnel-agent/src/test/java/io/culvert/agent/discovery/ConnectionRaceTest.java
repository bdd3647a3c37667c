package io.culvert.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.agent.discovery.ServerAddresses.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With sockets at the loopback address that accept, refuse, or say nothing. */
@Timeout(30)
class ConnectionRaceTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable socket : opened.reversed()) {
      socket.close();
    }
  }

  private static Target target(int port) {
    return new Target("localhost", new InetSocketAddress(LOOPBACK, port));
  }

  private <T extends AutoCloseable> T own(T socket) {
    opened.add(socket);
    return socket;
  }

  private Target accepting() throws IOException {
    return target(own(new ServerSocket(0, 50, LOOPBACK)).getLocalPort());
  }

  private static Target refusing() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      return target(socket.getLocalPort());
    }
  }

  /** A listener whose backlog is full drops what asks for a connection. */
  private Target silent() throws IOException {
    ServerSocket listener = own(new ServerSocket(0, 1, LOOPBACK));
    try {
      while (true) {
        own(new Socket()).connect(listener.getLocalSocketAddress(), 300);
      }
    } catch (SocketTimeoutException full) {
      return target(listener.getLocalPort());
    }
  }

  private ConnectionRace.Outcome race(Target... targets) throws Exception {
    return race(System::nanoTime, targets);
  }

  private ConnectionRace.Outcome race(LongSupplier clock, Target... targets) throws Exception {
    ConnectionRace.Outcome outcome = ConnectionRace.run(List.of(targets), clock);
    if (outcome.connection() != null) {
      own(outcome.connection());
    }
    return outcome;
  }

  @Test
  void theFirstThatAcceptsWins() throws Exception {
    Target first = accepting();
    ConnectionRace.Outcome outcome = race(first, accepting());
    assertThat(outcome.winner()).isEqualTo(first);
    assertThat(outcome.failures()).isEmpty();
    assertThat(outcome.overtaken()).isEmpty();
  }

  /** The clock of this race stands still: nothing that needs time happens. */
  @Test
  void aRefusalCostsNoTime() throws Exception {
    Target refusing = refusing();
    Target accepting = accepting();

    ConnectionRace.Outcome outcome = race(() -> 0, refusing, refusing(), accepting);

    assertThat(outcome.winner()).isEqualTo(accepting);
    assertThat(outcome.failures()).hasSize(2).containsEntry(refusing, "Connection refused");
  }

  @Test
  void aSilentAddressCostsTheDelayAndIsOvertaken() throws Exception {
    Target silent = silent();
    Target accepting = accepting();
    long begun = System.nanoTime();

    ConnectionRace.Outcome outcome = race(silent, accepting);

    assertThat(outcome.winner()).isEqualTo(accepting);
    assertThat(outcome.failures()).isEmpty();
    assertThat(outcome.overtaken()).containsExactly(silent);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isBetween(RaceSchedule.ATTEMPT_DELAY, RaceSchedule.ATTEMPT_PATIENCE);
  }

  @Test
  void isLostWhenNoneAccepts() throws Exception {
    Target silent = silent();
    Target refusing = refusing();

    ConnectionRace.Outcome outcome = race(silent, refusing);

    assertThat(outcome.winner()).isNull();
    assertThat(outcome.failures())
        .containsEntry(refusing, "Connection refused")
        .containsEntry(silent, "no answer within 4 s");
    assertThat(outcome.overtaken()).isEmpty();
  }

  @Test
  void handsTheConnectionOver() throws Exception {
    ServerSocket listener = own(new ServerSocket(0, 50, LOOPBACK));
    SocketChannel connection = race(target(listener.getLocalPort())).connection();
    try (Socket accepted = listener.accept()) {
      accepted.getOutputStream().write(7);
      assertThat(connection).isNotNull();
      connection.configureBlocking(true);
      ByteBuffer read = ByteBuffer.allocate(1);
      assertThat(connection.read(read)).isEqualTo(1);
      assertThat(read.get(0)).isEqualTo((byte) 7);
    }
  }

  @Test
  void endsWhenItIsNotWantedAnyMore() throws Exception {
    Target silent = silent();
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> race(silent));
    assertThat(Thread.interrupted()).isFalse();
  }
}
