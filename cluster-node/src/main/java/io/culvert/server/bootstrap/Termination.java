package io.culvert.server.bootstrap;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * The end of an actor system that does not wait for ever: a stream between servers that is stuck
 * can keep Pekko 1.7.0 from terminating (apache/pekko#3317), and a server that the others have shut
 * out would neither serve nor end.
 */
final class Termination {
  private Termination() {}

  /**
   * Watches an actor system.
   *
   * @param limit for the termination itself, after all parts have been stopped
   * @return done when it has terminated, or the limit is over
   */
  static CompletableFuture<Done> of(ActorSystem<?> system, Duration limit) {
    CompletableFuture<Done> end = new CompletableFuture<>();
    system.getWhenTerminated().whenComplete((done, failure) -> end.complete(Done.getInstance()));
    CoordinatedShutdown.get(system.classicSystem())
        .addTask(
            CoordinatedShutdown.PhaseActorSystemTerminate(),
            "culvert-termination",
            () -> {
              var _ =
                  end.completeOnTimeout(
                      Done.getInstance(), limit.toMillis(), TimeUnit.MILLISECONDS);
              return CompletableFuture.completedFuture(Done.getInstance());
            });
    return end;
  }
}
