package io.culvert.acceptance.chaos;

import io.culvert.acceptance.cluster.ClusterServer;
import io.culvert.acceptance.history.AgentView;
import io.culvert.acceptance.history.CommandRecord;
import io.culvert.acceptance.history.Downtime;
import io.culvert.acceptance.history.History;
import io.culvert.acceptance.history.Standing;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** One run: faults or upgrades one after the other, each over before the next. */
final class ChaosRun {
  private static final Duration LINK_LIMIT = Duration.ofMinutes(2);
  private static final Duration END_LIMIT = Duration.ofMinutes(1);

  private final ChaosWorld world;
  private final Duration grace;
  private final Consumer<String> progress;
  private final List<Downtime> downtimes = new ArrayList<>();

  /**
   * How large a world is.
   *
   * @param spares nodes without agents
   */
  record Size(int servers, int agents, int spares) {}

  ChaosRun(ChaosWorld world, Duration grace, Consumer<String> progress) {
    this.world = world;
    this.grace = grace;
    this.progress = progress;
  }

  /**
   * Something that is done to the world, and over when this returns.
   *
   * @param name for people
   */
  private record Trial(String name, Runnable act) {}

  /**
   * Runs all faults and collects what happened.
   *
   * @param injector of this run's world
   * @throws LabException if the cluster or the agents do not recover from one
   */
  History run(long seed, List<Fault> faults, FaultInjector injector) {
    return undergo(
        seed,
        faults.stream()
            .map(
                fault ->
                    new Trial(
                        fault.toString(), () -> injector.inflict(fault).ifPresent(downtimes::add)))
            .toList());
  }

  /**
   * Upgrades the servers as an operator does: one after the other is drained by the word of an
   * administrator, and started again from another distribution.
   *
   * @throws LabException if a server does not end well, or the cluster or the agents do not recover
   */
  History upgrade(long seed, CulvertHome next) {
    return undergo(
        seed,
        world.cluster().servers().stream()
            .map(server -> new Trial("upgrade of " + server.name(), () -> upgrade(server, next)))
            .toList());
  }

  private History undergo(long seed, List<Trial> trials) {
    world.awaitLinked(LINK_LIMIT);
    Commander commander =
        new Commander(
            world.administrator(),
            ChaosWorld.VPN,
            world.spares(),
            new Random(seed),
            ChaosRun::micros);
    Thread administrator = Thread.ofPlatform().name("chaos-administrator").start(commander);
    try {
      for (int i = 0; i < trials.size(); i++) {
        Trial trial = trials.get(i);
        progress.accept("%d of %d: %s".formatted(i + 1, trials.size(), trial.name()));
        trial.act().run();
        world.awaitLinked(LINK_LIMIT);
        // The next one meets a cluster that works: at least one more command was answered.
        int answered = commander.done();
        Await.until(
            "an answer to the administrator", LINK_LIMIT, () -> commander.done() > answered);
      }
    } finally {
      commander.stop();
      join(administrator);
    }
    return collect(commander.records());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }

  private void upgrade(ClusterServer server, CulvertHome next) {
    long from = micros();
    world.drain(server);
    server.awaitEnd();
    if (server.exitStatus() != 0) {
      throw new LabException(
          "%s was drained and ended with %d".formatted(server.name(), server.exitStatus()));
    }
    server.replaceBy(next);
    server.restart();
    downtimes.add(new Downtime(server.gateway(), from, micros(), "upgrade"));
  }

  /** What there is to see at the end. */
  private record Picture(List<AgentView> views, List<Standing> standings) {}

  /**
   * Agents may still be moving from server to server, as these ask them to: the end is when two
   * pictures after each other are the same. If that never comes, the last picture shows why.
   */
  private History collect(List<CommandRecord> commands) {
    world.awaitQuiet(END_LIMIT);
    AtomicReference<Picture> last = new AtomicReference<>(picture());
    try {
      Await.until(
          "an end of all changes",
          END_LIMIT,
          () -> {
            Picture next = picture();
            return next.equals(last.getAndSet(next)) && world.allLinked(next.views());
          });
    } catch (LabException restless) {
      progress.accept(String.valueOf(restless.getMessage()));
    }
    return new History(
        commands,
        world.events(),
        downtimes,
        last.get().views(),
        last.get().standings(),
        grace.toMillis() * 1_000);
  }

  private Picture picture() {
    return new Picture(world.swarm().views(), world.standings());
  }

  /** Microseconds since the epoch. */
  static long micros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }
}
