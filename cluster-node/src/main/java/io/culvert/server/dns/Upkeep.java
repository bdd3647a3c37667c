package io.culvert.server.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be done at the round-robin name, one round at a time, and when the next round is due.
 * Each change of state is logged once. Owned by the keeper's thread, but {@link #status} and {@link
 * #problem}, which any thread may read.
 */
final class Upkeep {
  /** What is known of this server's addresses at the name. */
  enum Status {
    /** Nothing is known yet. */
    UNKNOWN,
    /** They were there when it was last looked. */
    LISTED,
    /** The last round failed. */
    FAILING,
    /** They were removed, and stay so. */
    WITHDRAWN
  }

  /** Between two looks when all is well. */
  static final Duration INTERVAL = Duration.ofSeconds(30);

  /** After the first failure; it doubles up to the longest. */
  static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private final RoundRobinName name;
  private final Set<InetAddress> own;
  private final Supplier<Set<InetAddress>> others;
  private final RandomGenerator random;

  /** Addresses of servers that are gone, until they were removed. */
  private final Set<InetAddress> departed = new HashSet<>();

  private int failuresInARow;
  private volatile Status status = Status.UNKNOWN;
  private volatile String problem = "";

  /**
   * Does nothing yet.
   *
   * @param own this server's addresses
   * @param others those that the other members of the cluster have now
   * @param random spreads the servers' retries
   */
  Upkeep(
      RoundRobinName name,
      Collection<InetAddress> own,
      Supplier<Set<InetAddress>> others,
      RandomGenerator random) {
    this.name = name;
    this.own = Set.copyOf(own);
    this.others = others;
    this.random = random;
  }

  Status status() {
    return status;
  }

  /** Why it is failing, for operators; otherwise empty. */
  String problem() {
    return problem;
  }

  /** A server is gone that had these; the next round removes them. */
  void departed(Set<InetAddress> addresses) {
    departed.addAll(addresses);
  }

  /** Looks, and changes what must be changed. The time until the next round. */
  Duration round() {
    if (status == Status.WITHDRAWN) {
      return INTERVAL;
    }
    try {
      Set<InetAddress> present = name.addresses();
      Set<InetAddress> missing = new LinkedHashSet<>(own);
      missing.removeAll(present);
      Set<InetAddress> left = new LinkedHashSet<>(departed);
      left.removeAll(own);
      left.removeAll(others.get());
      left.retainAll(present);
      if (!missing.isEmpty() || !left.isEmpty()) {
        name.change(missing, left);
        logChange(missing, left);
      }
      departed.clear();
      return succeeded();
    } catch (ZoneException e) {
      return failed(String.valueOf(e.getMessage()));
    }
  }

  private void logChange(Set<InetAddress> added, Set<InetAddress> removed) {
    if (!added.isEmpty()) {
      boolean wereThere = status == Status.LISTED;
      LOG.info("{} {} at the round-robin name", wereThere ? "put back" : "added", added);
    }
    if (!removed.isEmpty()) {
      LOG.info("removed {} of a server that is gone from the round-robin name", removed);
    }
  }

  private Duration succeeded() {
    if (status == Status.FAILING) {
      LOG.info("the round-robin name is kept again");
    }
    status = Status.LISTED;
    problem = "";
    failuresInARow = 0;
    return INTERVAL;
  }

  private Duration failed(String reason) {
    if (status != Status.FAILING || !problem.equals(reason)) {
      LOG.warn("the round-robin name is not kept: {}", reason);
    }
    status = Status.FAILING;
    problem = reason;
    long bound =
        Math.min(
            LONGEST_RETRY.toMillis(), FIRST_RETRY.toMillis() << Math.min(failuresInARow++, 10));
    return Duration.ofMillis(bound / 2 + random.nextLong(bound / 2 + 1));
  }

  /** Removes this server's addresses, but those that another server has too; once, for good. */
  void withdraw() {
    if (status == Status.WITHDRAWN) {
      return;
    }
    Set<InetAddress> mine = new LinkedHashSet<>(own);
    mine.removeAll(others.get());
    try {
      name.change(Set.of(), mine);
      LOG.info("removed {} from the round-robin name", mine);
    } catch (ZoneException e) {
      problem = String.valueOf(e.getMessage());
      LOG.warn("{} stay at the round-robin name: {}", mine, problem);
    }
    status = Status.WITHDRAWN;
  }
}
