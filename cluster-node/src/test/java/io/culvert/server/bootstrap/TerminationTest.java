package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

class TerminationTest {
  private final CountDownLatch released = new CountDownLatch(1);

  @Test
  void comesThoughAPartIsStuck() throws Exception {
    ActorSystem<Void> system = system(stuck());
    CompletableFuture<Done> end = Termination.of(system, Duration.ofMillis(100));
    try {
      var _ = CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.unknownReason());

      assertThat(end.get(10, TimeUnit.SECONDS)).isNotNull();
      assertThat(system.getWhenTerminated().toCompletableFuture()).isNotDone();
    } finally {
      released.countDown();
    }
    var _ = system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void comesWithTheEndOfTheActorSystem() throws Exception {
    ActorSystem<Void> system = system(Behaviors.empty());
    CompletableFuture<Done> end = Termination.of(system, Duration.ofHours(1));
    assertThat(end).isNotDone();

    system.terminate();

    assertThat(end.get(10, TimeUnit.SECONDS)).isNotNull();
  }

  private Behavior<Void> stuck() {
    return Behaviors.receive(Void.class)
        .onSignal(
            PostStop.class,
            signal -> {
              released.await();
              return Behaviors.same();
            })
        .build();
  }

  private static ActorSystem<Void> system(Behavior<Void> guardian) {
    return ActorSystem.create(
        guardian,
        "termination",
        ConfigFactory.parseString("pekko.actor.provider = local")
            .withFallback(ConfigFactory.load()));
  }
}
