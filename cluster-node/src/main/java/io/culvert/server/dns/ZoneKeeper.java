package io.culvert.server.dns;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the {@link Upkeep} of the round-robin name while the server serves. It needs no leader:
 * every server keeps its own addresses, and every server removes those of a member that was removed
 * from the cluster; to remove twice does nothing. Thread-safe.
 */
public final class ZoneKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ZoneKeeper.class);
  private static final Duration WITHDRAWAL_PATIENCE = Duration.ofSeconds(5);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("culvert-dns").daemon().factory());
  private final Upkeep upkeep;
  private final Counter failures;

  /** Owned by the thread. */
  private @Nullable ScheduledFuture<?> next;

  private ZoneKeeper(Upkeep upkeep, MeterRegistry meters) {
    this.upkeep = upkeep;
    failures =
        Counter.builder("culvert.dns.failures")
            .description("Rounds in which the round-robin name could not be kept")
            .register(meters);
    Gauge.builder("culvert.dns.listed", upkeep, u -> u.status() == Upkeep.Status.LISTED ? 1 : 0)
        .description("Whether this server's addresses are at the round-robin name")
        .register(meters);
  }

  /**
   * Begins to keep the name; returns at once, whether the DNS server answers or not.
   *
   * @param random spreads the retries of a cluster's servers
   * @throws IOException if the key's secret cannot be read
   */
  public static ZoneKeeper start(
      DnsSettings settings, ActorSystem<?> system, MeterRegistry meters, RandomGenerator random)
      throws IOException {
    org.apache.pekko.cluster.Cluster cluster =
        org.apache.pekko.cluster.Cluster.get(system.classicSystem());
    ZoneKeeper keeper =
        new ZoneKeeper(
            new Upkeep(
                DynamicZone.open(settings),
                settings.addresses(),
                () -> MemberAddresses.ofOthers(cluster),
                random),
            meters);
    system.systemActorOf(watch(keeper), "dns-members", Props.empty());
    keeper.submit(keeper::round);
    return keeper;
  }

  private static Behavior<MemberRemoved> watch(ZoneKeeper keeper) {
    return Behaviors.setup(
        context -> {
          Cluster.get(context.getSystem())
              .subscriptions()
              .tell(Subscribe.create(context.getSelf(), MemberRemoved.class));
          return Behaviors.receive(MemberRemoved.class)
              .onMessage(
                  MemberRemoved.class,
                  removed -> {
                    keeper.departed(MemberAddresses.of(removed.member()));
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private void departed(Set<InetAddress> addresses) {
    submit(
        () -> {
          upkeep.departed(addresses);
          round();
        });
  }

  private void submit(Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException stopped) {
      LOG.debug("a member left after the end");
    }
  }

  private void round() {
    if (next != null) {
      next.cancel(false);
    }
    Duration wait = Upkeep.LONGEST_RETRY;
    try {
      wait = upkeep.round();
    } catch (RuntimeException e) {
      LOG.error("the round-robin name is kept on after an error", e);
    }
    if (upkeep.status() == Upkeep.Status.FAILING) {
      failures.increment();
    }
    next = thread.schedule(this::round, wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** For the health page: {@code listed}, for example, or {@code failing: } and why. */
  public String health() {
    String problem = upkeep.problem();
    String status = upkeep.status().toString().toLowerCase(Locale.ROOT);
    return problem.isEmpty() ? status : status + ": " + problem;
  }

  /** Removes this server's addresses from the name, and ends; waits some seconds at most. */
  @Override
  public void close() {
    if (thread.isShutdown()) {
      return;
    }
    try {
      thread.submit(upkeep::withdraw).get(WITHDRAWAL_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("this server's addresses stay at the round-robin name", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      thread.shutdownNow();
    }
  }
}
