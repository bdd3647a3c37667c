package io.culvert.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.cluster.ServerGroup.MemberServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RebalancerTest {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private record Moved(int agents, Duration within) {}

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final TestProbe<Moved> moved = kit.createTestProbe();
  private final TestProbe<String> looks = kit.createTestProbe();
  private volatile CompletableFuture<List<MemberServer>> members = new CompletableFuture<>();

  RebalancerTest() {
    kit.spawn(
        Rebalancer.create(
            "a:1",
            this::look,
            (agents, within) -> moved.getRef().tell(new Moved(agents, within)),
            INTERVAL));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static MemberServer server(String address, int agents, boolean draining) {
    return new MemberServer(
        address,
        address,
        "up",
        Optional.of(new ServerStanding(address, address, "test", agents, draining)));
  }

  private static MemberServer silent(String address) {
    return new MemberServer(address, address, "unreachable", Optional.empty());
  }

  /** One look for each interval: what it sees is what the test has set for it, never the next. */
  private CompletableFuture<List<MemberServer>> look() {
    CompletableFuture<List<MemberServer>> seen = members;
    looks.getRef().tell("looked");
    return seen;
  }

  private void see(MemberServer... servers) {
    see(CompletableFuture.completedFuture(List.of(servers)));
  }

  private void see(CompletableFuture<List<MemberServer>> answer) {
    members = answer;
    time.timePasses(INTERVAL);
    looks.expectMessage("looked");
  }

  @Test
  void letsAgentsGoWhenItHasTooMany() {
    see(server("a:1", 100, false));
    see(server("a:1", 100, false), server("b:1", 0, false));

    assertThat(moved.receiveMessage()).isEqualTo(new Moved(25, Duration.ofSeconds(5)));
  }

  @Test
  void nobodyMovesWhileManyCome() {
    see(server("a:1", 100, false), server("b:1", 0, false));
    see(server("a:1", 300, false), server("b:1", 20, false));
    moved.expectNoMessage();

    see(server("a:1", 310, false), server("b:1", 25, false));

    assertThat(moved.receiveMessage().agents()).isEqualTo(71);
  }

  @Test
  void nobodyMovesWhileManyGo() {
    see(server("a:1", 100, false), server("b:1", 100, false));
    see(server("a:1", 100, false), server("b:1", 0, false));
    moved.expectNoMessage();

    see(server("a:1", 100, false), server("b:1", 0, false));

    assertThat(moved.receiveMessage().agents()).isEqualTo(25);
  }

  @Test
  void keepsThemWhenAnotherOneHasTooMany() {
    see(server("a:1", 0, false), server("b:1", 100, false));
    see(server("a:1", 100, false), server("b:1", 95, false));

    moved.expectNoMessage();
  }

  @Test
  void aServerThatDrainsTakesNoneAndSendsNone() {
    see(server("a:1", 100, false), server("b:1", 0, true));
    see(server("a:1", 100, true), server("b:1", 0, false));

    moved.expectNoMessage();
  }

  @Test
  void nothingMovesWhileAServerIsSilentAndItGoesOnAfterwards() {
    see(server("a:1", 100, false), server("b:1", 0, false), silent("c:1"));
    see(CompletableFuture.failedFuture(new IllegalStateException("by the test")));
    moved.expectNoMessage();

    see(server("a:1", 100, false), server("b:1", 0, false), server("c:1", 50, false));
    moved.expectNoMessage();
    see(server("a:1", 100, false), server("b:1", 0, false), server("c:1", 50, false));

    assertThat(moved.receiveMessage().agents()).isEqualTo(25);
  }
}
