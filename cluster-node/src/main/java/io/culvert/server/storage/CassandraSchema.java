package io.culvert.server.storage;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.NodeUnavailableException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.connection.HeartbeatException;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.QueryConsistencyException;
import com.datastax.oss.driver.api.core.uuid.Uuids;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The versions of Cassandra's tables: each is a script {@code cassandra-VERSION.cql} beside this
 * class, run once, in order, by one server. Cassandra has no transaction for it: a server that dies
 * between two commands leaves the rest to the next, so each command must bear to be run again.
 *
 * <p>Every table has an identity that follows from its name. Of two servers that make a table at
 * once, which Cassandra does not prevent, both make the same one.
 */
final class CassandraSchema {
  /** The key of the row that is locked, and of the versions. */
  static final String PART = "journal";

  /** The key of the row that stands while a backup is restored. */
  static final String RESTORE = "restore";

  private static final int NEWEST = 1;
  private static final Duration LONGEST_WAIT_FOR_LOCK = Duration.ofMinutes(5);

  /** A server that died with the lock is waited for no longer. */
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(2);

  private static final Duration LONGEST_WAIT_FOR_NODES = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Pattern IDENTITY = Pattern.compile("\\{id:(\\w+)}");

  private final CqlSession session;
  private final StorageSettings.Cassandra settings;
  private final UUID self = Uuids.random();

  CassandraSchema(CqlSession session, StorageSettings.Cassandra settings) {
    this.session = session;
    this.settings = settings;
  }

  /**
   * Makes what is missing.
   *
   * @throws StorageException if the tables are newer than this program, the keyspace is not
   *     replicated as it is set, or a restore into it has not finished; nothing was changed then
   */
  void migrate() {
    makeKeyspace();
    if (version() < NEWEST) {
      run("cassandra-lock.cql");
      lock();
      try {
        for (int next = version() + 1; next <= NEWEST; next++) {
          run("cassandra-%d.cql".formatted(next));
          note(next);
        }
      } finally {
        unlock();
      }
    }
    requireWhole();
  }

  private void requireWhole() {
    if (execute("SELECT name FROM %s.culvert_lock WHERE name = ?", RESTORE).one() != null) {
      throw new StorageException(
          "a restore into the keyspace %s has not finished: drop the keyspace, and restore again"
              .formatted(settings.keyspace()));
    }
  }

  private void makeKeyspace() {
    Optional<KeyspaceMetadata> there = session.getMetadata().getKeyspace(settings.keyspace());
    if (there.isEmpty()) {
      change(
          "CREATE KEYSPACE IF NOT EXISTS %s WITH replication = {'class': 'NetworkTopologyStrategy', '%s': %d}"
              .formatted(
                  settings.keyspace(), settings.localDatacenter(), settings.replicationFactor()));
    } else {
      requireReplicas(there.orElseThrow().getReplication());
    }
  }

  private void requireReplicas(Map<String, String> replication) {
    String wanted = String.valueOf(settings.replicationFactor());
    String found = replication.getOrDefault(settings.localDatacenter(), "0");
    if (!found.equals(wanted)) {
      throw new StorageException(
          "the keyspace %s has %s replicas in the datacenter %s, culvert.cassandra-storage.replication-factor says %s: change one of them"
              .formatted(settings.keyspace(), found, settings.localDatacenter(), wanted));
    }
  }

  /** 0: there are no tables yet. */
  private int version() {
    try {
      Row newest =
          execute("SELECT version FROM %s.culvert_schema WHERE part = ? LIMIT 1", PART).one();
      int version = newest == null ? 0 : newest.getInt("version");
      if (version > NEWEST) {
        throw new StorageException(
            "the database's tables are of version %d, this server knows versions up to %d: start a newer culvert"
                .formatted(version, NEWEST));
      }
      return version;
    } catch (InvalidQueryException missing) {
      return 0;
    }
  }

  private void note(int version) {
    execute(
        "INSERT INTO %s.culvert_schema (part, version, applied) VALUES (?, ?, toTimestamp(now()))",
        PART, version);
  }

  private void lock() {
    awaitDecision(
        "INSERT INTO %s.culvert_lock (name, holder) VALUES (?, ?) IF NOT EXISTS USING TTL "
            + LONGEST_HOLD.toSeconds(),
        (applied, holder) -> applied || self.equals(holder),
        PART,
        self);
  }

  /** Gives the lock up, if it is still held: what was not answered in time may have happened. */
  void unlock() {
    awaitDecision(
        "DELETE FROM %s.culvert_lock WHERE name = ? IF holder = ?",
        (applied, holder) -> applied || !self.equals(holder), PART, self);
  }

  /** Asks again while others hold the lock, or so many want it that the answer is not known. */
  private void awaitDecision(
      String command, BiPredicate<Boolean, @Nullable UUID> done, Object... values) {
    long deadlineNanos = System.nanoTime() + LONGEST_WAIT_FOR_LOCK.toNanos();
    while (!isDecided(command, done, values)) {
      if (System.nanoTime() > deadlineNanos) {
        throw new StorageException(
            "another server has been changing the tables for %d minutes"
                .formatted(LONGEST_WAIT_FOR_LOCK.toMinutes()));
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private boolean isDecided(
      String command, BiPredicate<Boolean, @Nullable UUID> done, Object... values) {
    try {
      ResultSet result = execute(command, values);
      // Asked first: the driver does not say it any more when the row was read.
      boolean applied = result.wasApplied();
      Row found = applied ? null : result.one();
      if (found == null || !found.getColumnDefinitions().contains("holder")) {
        return done.test(applied, null);
      }
      return done.test(false, found.getUuid("holder"));
    } catch (QueryConsistencyException undecided) {
      return false;
    }
  }

  private ResultSet execute(String command, Object... values) {
    return send(SimpleStatement.newInstance(command.formatted(settings.keyspace()), values));
  }

  /**
   * Sent again while no node can be used: nodes that change their tables may be too busy for a
   * heartbeat, and lose their connections for a moment. Each command bears that.
   */
  private ResultSet send(SimpleStatement command) {
    SimpleStatement repeatable =
        command.setExecutionProfileName(CassandraAccess.SCHEMA_PROFILE).setIdempotent(true);
    long deadlineNanos = System.nanoTime() + LONGEST_WAIT_FOR_NODES.toNanos();
    while (true) {
      try {
        return session.execute(repeatable);
      } catch (AllNodesFailedException away) {
        if (!wereConnectionsLost(away) || System.nanoTime() > deadlineNanos) {
          throw away;
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private static boolean wereConnectionsLost(AllNodesFailedException failure) {
    return failure.getAllErrors().values().stream()
        .flatMap(List::stream)
        .allMatch(
            error ->
                error instanceof NodeUnavailableException
                    || error instanceof ClosedConnectionException
                    || error instanceof HeartbeatException);
  }

  private void run(String script) {
    for (String command : commands(script)) {
      change(command);
    }
  }

  /** Returns when all nodes that are there know of it. */
  private void change(String command) {
    ResultSet result = send(SimpleStatement.newInstance(command));
    if (!result.getExecutionInfo().isSchemaInAgreement() && !session.checkSchemaAgreement()) {
      throw new StorageException("the nodes of the database do not agree on their tables");
    }
  }

  private List<String> commands(String name) {
    try (InputStream resource =
        Objects.requireNonNull(CassandraSchema.class.getResourceAsStream(name), name)) {
      String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      String filled =
          IDENTITY
              .matcher(text.replace("{keyspace}", settings.keyspace()))
              .replaceAll(table -> Matcher.quoteReplacement(identity(table.group(1))));
      return Stream.of(filled.split(";\\s*\\n")).filter(command -> !command.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String identity(String table) {
    return UUID.nameUUIDFromBytes(
            "%s.%s".formatted(settings.keyspace(), table).getBytes(StandardCharsets.UTF_8))
        .toString();
  }
}
