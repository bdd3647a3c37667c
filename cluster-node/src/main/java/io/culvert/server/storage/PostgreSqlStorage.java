package io.culvert.server.storage;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.setup.Setup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A PostgreSQL primary and its standbys. */
final class PostgreSqlStorage implements Storage {
  private static final Logger LOG = LoggerFactory.getLogger(PostgreSqlStorage.class);
  private static final SqlSchema SCHEMA = new SqlSchema("postgresql", 1);

  /** The advisory lock of the schema: "culvert" in ASCII. */
  private static final long LOCK = 0x63756c76657274L;

  private static final Duration LONGEST_START = Duration.ofSeconds(10);
  private static final Duration LONGEST_MIGRATION = Duration.ofMinutes(10);
  private static final Duration LONGEST_WAIT_FOR_CONNECTION = Duration.ofMillis(1500);
  private static final Duration LONGEST_VALIDATION = Duration.ofSeconds(1);

  private final PostgreSqlAccess access;
  private final PrimaryDataSource primary;
  private final HikariDataSource pool;
  private final PrimaryWatch watch;
  private final SlickSetup setup;
  private final Availability availability = new Availability();
  private final CountDownLatch found = new CountDownLatch(1);
  private volatile PrimaryChoice choice = new PrimaryChoice.None("it was not looked for yet");

  PostgreSqlStorage(StorageSettings.PostgreSql settings) {
    access = new PostgreSqlAccess(settings);
    primary = new PrimaryDataSource(access);
    List<HostProbe> probes =
        settings.hosts().stream().map(host -> new HostProbe(host, access)).toList();
    watch = new PrimaryWatch(probes, TimelineNote.open(settings.timelineFile()), this::use);
    pool = new HikariDataSource(pool(settings));
    setup = new SlickSetup(pool);
  }

  private HikariConfig pool(StorageSettings.PostgreSql settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("culvert-postgresql");
    config.setDataSource(primary);
    config.setMaximumPoolSize(settings.connections());
    config.setMinimumIdle(2);
    config.setConnectionTimeout(LONGEST_WAIT_FOR_CONNECTION.toMillis());
    config.setValidationTimeout(LONGEST_VALIDATION.toMillis());
    // It may start while the database is away.
    config.setInitializationFailTimeout(-1);
    return config;
  }

  private void use(PrimaryChoice next) {
    PrimaryChoice before = choice;
    choice = next;
    primary.use(next);
    switch (next) {
      case PrimaryChoice.Chosen chosen -> {
        availability.available(
            "postgresql at %s, timeline %d".formatted(chosen.host(), chosen.timeline()));
        found.countDown();
      }
      case PrimaryChoice.None none -> availability.away(none.reason());
    }
    if (!next.equals(before)) {
      LOG.info("database: {}", availability.description());
    }
  }

  @Override
  public void prepare() throws InterruptedException {
    watch.start();
    if (!found.await(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS)
        || !(choice instanceof PrimaryChoice.Chosen chosen)) {
      throw new StorageException(
          "cannot use the database: "
              + availability.problem().orElse("it does not answer")
              + " (culvert.postgresql-storage)");
    }
    try (Connection connection = access.connect(chosen.host(), LONGEST_MIGRATION)) {
      migrate(connection);
    } catch (SQLException e) {
      throw new StorageException(
          "cannot make the tables in the database at %s: %s"
              .formatted(chosen.host(), e.getMessage()),
          e);
    }
  }

  /** In one transaction, which holds the lock: of several servers one does it, the others wait. */
  private static void migrate(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(%d)".formatted(LOCK));
    }
    SCHEMA.migrate(connection);
    connection.commit();
  }

  @Override
  public Config pekko() {
    return ConfigFactory.parseMap(
        Map.of(
            "pekko-persistence-jdbc.database-provider-fqcn",
            PooledDatabaseProvider.class.getName()));
  }

  @Override
  public Optional<Setup> setup() {
    return Optional.of(setup);
  }

  /** Over connections of their own: reading all takes longer than a server's requests may. */
  @Override
  public EventStore events() {
    return new SqlEvents(
        () -> {
          if (!(choice instanceof PrimaryChoice.Chosen chosen)) {
            throw new StorageException(
                "the database is away: " + availability.problem().orElse("no primary"));
          }
          return access.connect(chosen.host(), LONGEST_MIGRATION);
        });
  }

  @Override
  public Availability availability() {
    return availability;
  }

  @Override
  public void close() {
    watch.close();
    setup.close();
    pool.close();
  }
}
