package io.culvert.server.bootstrap;

import io.culvert.server.pki.ServerTls;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a server becomes a member: looks for the others, then joins them or founds a cluster. */
final class ClusterEntry {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterEntry.class);
  private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(45);

  /** How long silent seeds may take to show themselves. */
  private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final ServerTls tls;
  private final Seeds seeds;

  private ClusterEntry(ServerTls tls, Seeds seeds) {
    this.tls = tls;
    this.seeds = seeds;
  }

  /**
   * Resolves the seeds and looks once whether this server fits to those that answer.
   *
   * @throws SettingsException if it does not, or a name cannot be resolved
   */
  static ClusterEntry prepare(ServerSettings.ClusterSettings cluster, ServerTls tls)
      throws InterruptedException {
    ClusterEntry entry = new ClusterEntry(tls, Seeds.of(cluster));
    var _ = entry.seeds.look(tls);
    return entry;
  }

  /**
   * Joins the cluster, or founds one; returns when this server is a member.
   *
   * @throws SettingsException if it may not, or nobody answers
   */
  void enter(ActorSystem<?> system) throws InterruptedException {
    Cluster cluster = Cluster.get(system.classicSystem());
    CountDownLatch decided = new CountDownLatch(1);
    cluster.registerOnMemberUp(decided::countDown);
    system.getWhenTerminated().whenComplete((done, failure) -> decided.countDown());
    switch (decide()) {
      case FOUND -> {
        LOG.info("founds a cluster");
        cluster.join(cluster.selfAddress());
      }
      case ASK -> {
        LOG.info("asks {} for their cluster, and founds one if they are in none", seeds.others());
        cluster.joinSeedNodes(addresses(seeds.all()));
      }
      case JOIN, LOOK_AGAIN -> {
        LOG.info("joins the cluster of {}", String.join(", ", seeds.others()));
        cluster.joinSeedNodes(addresses(seeds.others()));
      }
    }
    boolean inTime = decided.await(JOIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    if (!inTime || system.getWhenTerminated().toCompletableFuture().isDone()) {
      throw new SettingsException(whyNotJoined(system));
    }
  }

  private Founding decide() {
    long endNanos = System.nanoTime() + LOOK_TIMEOUT.toNanos();
    Map<String, Founding.Seen> seen = look(Duration.ZERO);
    while (true) {
      Founding decision = Founding.decide(seeds.all(), seeds.self(), seen.values());
      if (decision != Founding.LOOK_AGAIN) {
        return decision;
      }
      if (System.nanoTime() - endNanos > 0) {
        throw new SettingsException(
            "this server is the first of the seeds, and does not found a cluster while %s are silent: there may be one behind a broken network. If they are gone for good, take them out of culvert.cluster.join"
                .formatted(Seeds.silent(seen)));
      }
      seen = look(BETWEEN_LOOKS);
    }
  }

  private Map<String, Founding.Seen> look(Duration after) {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return seeds.look(tls);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            CompletableFuture.delayedExecutor(
                after.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread))
        .join();
  }

  private static List<Address> addresses(List<String> seeds) {
    return seeds.stream()
        .map(seed -> "pekko://%s@%s".formatted(PekkoSettings.SYSTEM_NAME, seed))
        .map(AddressFromURIString::parse)
        .toList();
  }

  private String whyNotJoined(ActorSystem<?> system) {
    String others = String.join(", ", seeds.others());
    boolean refused =
        CoordinatedShutdown.get(system.classicSystem())
            .getShutdownReason()
            .filter(CoordinatedShutdown.IncompatibleConfigurationDetectedReason$.class::isInstance)
            .isPresent();
    return refused
        ? "the cluster at %s refused this server (%s); the log of the server there says what does not fit"
            .formatted(others, JoinCompatibility.shown(system.settings().config()))
        : "no server of the cluster answered at %s: are the addresses right, and does one run there?"
            .formatted(others);
  }
}
