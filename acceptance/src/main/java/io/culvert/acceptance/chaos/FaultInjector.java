package io.culvert.acceptance.chaos;

import io.culvert.acceptance.cluster.ClusterServer;
import io.culvert.acceptance.cluster.ServerNetwork;
import io.culvert.acceptance.history.Downtime;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.Blockade;
import io.culvert.acceptance.lab.LabException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Makes go wrong what a schedule says, and puts it right again. One thread. */
final class FaultInjector {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** The exit status of a server that others have gone on without. */
  private static final int SHUT_OUT = 4;

  /** How many agents one fault takes. */
  private static final int FLOCK = 3;

  private final ChaosWorld world;
  private final ServerNetwork network;
  private final Consumer<String> progress;

  /**
   * For one world.
   *
   * @param network that its servers are in
   * @param progress is told what was seen
   */
  FaultInjector(ChaosWorld world, ServerNetwork network, Consumer<String> progress) {
    this.world = world;
    this.network = network;
    this.progress = progress;
  }

  /**
   * Returns when it is over.
   *
   * @return when a server did not serve because of it
   * @throws LabException if a server does not do what it should
   */
  Optional<Downtime> inflict(Fault fault) {
    return switch (fault.kind()) {
      case KILL -> Optional.of(down(fault, ClusterServer::kill, ClusterServer::restart));
      case PAUSE, LONG_PAUSE -> Optional.of(down(fault, ClusterServer::pause, this::goOn));
      case DRAIN -> Optional.of(down(fault, FaultInjector::drain, ClusterServer::restart));
      case PARTITION, ISOLATION -> Optional.of(cutOff(fault));
      case AGENTS_VANISH -> {
        absent(fault, false);
        yield Optional.empty();
      }
      case AGENTS_LEAVE -> {
        absent(fault, true);
        yield Optional.empty();
      }
    };
  }

  private interface Act {
    void on(ClusterServer server);
  }

  private Downtime down(Fault fault, Act begin, Act end) {
    ClusterServer victim = victim(fault);
    long from = ChaosRun.micros();
    begin.on(victim);
    passUntil(System.nanoTime() + fault.hold().toNanos());
    end.on(victim);
    return new Downtime(victim.gateway(), from, ChaosRun.micros(), fault.toString());
  }

  private ClusterServer victim(Fault fault) {
    return world.cluster().servers().get(fault.victim());
  }

  private static void drain(ClusterServer server) {
    server.beginToStop();
    server.awaitEnd();
  }

  /** Whom the others have shut out meanwhile ends, and is started again as an operator does. */
  private void goOn(ClusterServer server) {
    server.resume();
    Await.until(
        server.name() + " to end or to be a member again",
        LIMIT,
        () -> !server.isRunning() || world.isMember(server));
    if (!server.isRunning()) {
      server.restart();
    }
  }

  /** Neither side is told what the other does: each decides by itself, before the cut is mended. */
  private Downtime cutOff(Fault fault) {
    ClusterServer victim = victim(fault);
    long begunNanos = System.nanoTime();
    long from = ChaosRun.micros();
    try (Blockade _ = cut(fault)) {
      victim.awaitEnd();
      double endedSeconds = secondsSince(begunNanos);
      if (victim.exitStatus() != SHUT_OUT) {
        throw new LabException(
            "%s was cut off and ended with %d".formatted(victim.name(), victim.exitStatus()));
      }
      if (fault.kind() == Fault.Kind.PARTITION) {
        // Its agents could read from it until then.
        from = ChaosRun.micros();
      }
      Await.until(
          "the others to go on without " + victim.name(), LIMIT, () -> !world.isListed(victim));
      progress.accept(
          "%s ended %.1f s after it was cut off; after %.1f s the others had gone on without it"
              .formatted(victim.name(), endedSeconds, secondsSince(begunNanos)));
      passUntil(begunNanos + fault.hold().toNanos());
    }
    victim.restart();
    return new Downtime(victim.gateway(), from, ChaosRun.micros(), fault.toString());
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private Blockade cut(Fault fault) {
    return fault.kind() == Fault.Kind.PARTITION
        ? network.partition(fault.victim())
        : network.isolate(fault.victim());
  }

  private void absent(Fault fault, boolean logOff) {
    List<String> flock = new ArrayList<>();
    for (int i = 0; i < FLOCK; i++) {
      flock.add(world.agents().get((fault.victim() + i) % world.agents().size()));
    }
    String[] nodes = flock.toArray(String[]::new);
    var _ = world.swarm().end(logOff, nodes);
    passUntil(System.nanoTime() + fault.hold().toNanos());
    var _ = world.swarm().begin(nodes);
  }

  /** The time that a fault lasts: part of the schedule, not a wait for something. */
  private static void passUntil(long endNanos) {
    for (long left = endNanos - System.nanoTime(); left > 0; left = endNanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
