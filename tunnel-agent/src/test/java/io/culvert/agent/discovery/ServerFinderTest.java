package io.culvert.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.discovery.NameLookup.Answer;
import io.culvert.agent.discovery.NameLookup.Family;
import io.culvert.agent.discovery.NameLookup.Question;
import io.culvert.agent.discovery.ServerAddresses.Target;
import io.culvert.agent.discovery.ServerFinder.Found;
import io.culvert.agent.discovery.ServerFinder.Nothing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A zone of this test's own, real sockets on 127.0.0.1 and 127.0.0.2, a clock moved by hand. */
@Timeout(30)
class ServerFinderTest {
  private static final InetAddress ONE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("127.0.0.2");

  private final Map<String, List<InetAddress>> zone = new ConcurrentHashMap<>();
  private final List<ServerSocket> listeners = new ArrayList<>();
  private volatile Duration moved = Duration.ZERO;
  private final ServerFinder finder =
      new ServerFinder(
          this::ask, Runnable::run, () -> System.nanoTime() + moved.toNanos(), new Random(1));
  private int port;
  private List<String> servers = List.of();

  private Answer ask(Question question) throws IOException {
    if (question.family() == Family.IPV6) {
      throw new IOException("no AAAA here");
    }
    return new Answer(zone.getOrDefault(question.host(), List.of()), Duration.ofMinutes(5));
  }

  @BeforeEach
  void serveOnBoth() throws IOException {
    listeners.add(new ServerSocket(0, 50, ONE));
    port = listeners.getFirst().getLocalPort();
    listeners.add(new ServerSocket(port, 50, TWO));
    servers = List.of("vpn.example:" + port);
    zone.put("vpn.example", List.of(ONE, TWO));
  }

  @AfterEach
  void close() throws IOException {
    for (ServerSocket listener : listeners) {
      listener.close();
    }
  }

  private Target target(InetAddress address) {
    return new Target("vpn.example", new InetSocketAddress(address, port));
  }

  private Found found(Target... except) throws InterruptedException {
    return (Found) finder.find(servers, Set.of(except));
  }

  @Test
  void findsEachAddressOnceInARound() throws InterruptedException {
    Found first = found();
    assertThat(first.others()).isEqualTo(1);
    Found second = found(first.target());
    assertThat(second.others()).isZero();
    assertThat(List.of(first.target(), second.target()))
        .containsExactlyInAnyOrder(target(ONE), target(TWO));
    assertThat(finder.find(servers, Set.of(target(ONE), target(TWO))))
        .isEqualTo(new Nothing("no other server is known", Map.of()));
  }

  @Test
  void comesBackToAServerThatFailedWhenNoOtherIsLeft() throws InterruptedException {
    finder.failed(target(ONE));
    for (int i = 0; i < 20; i++) {
      assertThat(found().target()).isEqualTo(target(TWO));
    }
    assertThat(found(target(TWO)).target()).isEqualTo(target(ONE));
    finder.worked(target(ONE));
    finder.failed(target(TWO));
    assertThat(found().target()).isEqualTo(target(ONE));
  }

  @Test
  void remembersWhatRefused() throws InterruptedException, IOException {
    listeners.getFirst().close();
    Found found = found();
    while (found.failures().isEmpty()) {
      found = found();
    }
    assertThat(found.target()).isEqualTo(target(TWO));
    assertThat(found.others()).isZero();
    assertThat(found().failures()).isEmpty();
    moved = FailedAddresses.FIRST;
    while (found.failures().isEmpty()) {
      found = found();
    }
  }

  @Test
  void resolvesAgainAfterAFailure() throws InterruptedException, IOException {
    assertThat(found().others()).isEqualTo(1);
    zone.put("vpn.example", List.of(TWO));
    assertThat(found().others()).isEqualTo(1);
    finder.lookAgain(servers);
    moved = NameCache.SHORTEST;
    assertThat(found().others()).isZero();
  }

  @Test
  void saysWhichAddressesRefused() throws InterruptedException, IOException {
    close();
    Nothing nothing = (Nothing) finder.find(servers, Set.of());
    assertThat(nothing.reason())
        .startsWith("no server accepts connections: ")
        .contains(target(ONE) + ": Connection refused")
        .contains(target(TWO) + ": Connection refused");
    assertThat(nothing.failures()).containsOnlyKeys(target(ONE), target(TWO));
  }

  @Test
  void saysThatNoNameCanBeResolvedAndWhy() throws InterruptedException {
    zone.clear();
    assertThat(finder.find(servers, Set.of()))
        .isEqualTo(
            new Nothing(
                "no server's name can be resolved: %s; no AAAA here".formatted(servers), Map.of()));
  }

  @Test
  void asksNobodyForALiteralAddress() throws Exception {
    servers = List.of("127.0.0.1:" + port);
    ServerFinder withoutLookup =
        new ServerFinder(
            question -> {
              throw new AssertionError(question);
            },
            work -> {
              throw new AssertionError("a thread");
            },
            System::nanoTime,
            new Random(1));

    assertThat(((Found) withoutLookup.find(servers, Set.of())).target())
        .isEqualTo(new Target("127.0.0.1", new InetSocketAddress(ONE, port)));
  }
}
