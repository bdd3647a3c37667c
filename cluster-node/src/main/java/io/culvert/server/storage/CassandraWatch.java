package io.culvert.server.storage;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks twice a second whether a quorum answers, and tells. One thread does all of it. */
final class CassandraWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CassandraWatch.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final CqlSession session;
  private final SimpleStatement question;
  private final Availability availability;
  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("culvert-database-watch").daemon().factory());
  private String said = "";

  /** A watch that has not begun. */
  CassandraWatch(CqlSession session, String keyspace, Availability availability) {
    this.session = session;
    this.availability = availability;
    question =
        SimpleStatement.newInstance(
                "SELECT holder FROM %s.culvert_lock WHERE name = ?".formatted(keyspace),
                CassandraSchema.PART)
            .setExecutionProfileName(CassandraAccess.WATCH_PROFILE);
  }

  /** Looks once, and then again and again. */
  void start() {
    look();
    var _ =
        rounds.scheduleWithFixedDelay(
            this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      session.execute(question);
      availability.available("cassandra, " + nodes());
    } catch (RuntimeException e) {
      availability.away(CassandraFailure.reason(e));
    }
    String now = availability.description();
    if (!now.equals(said)) {
      said = now;
      LOG.info("database: {}", now);
    }
  }

  private String nodes() {
    Collection<Node> nodes = session.getMetadata().getNodes().values();
    long up = nodes.stream().filter(node -> node.getState() == NodeState.UP).count();
    return "%d of %d nodes".formatted(up, nodes.size());
  }

  @Override
  public void close() {
    rounds.shutdownNow();
  }
}
