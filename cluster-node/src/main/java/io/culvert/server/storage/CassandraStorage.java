package io.culvert.server.storage;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Optional;
import org.apache.pekko.actor.setup.Setup;
import org.jspecify.annotations.Nullable;

/** A Cassandra cluster, with quorum reads and conditional quorum writes. */
final class CassandraStorage implements Storage {
  private final StorageSettings.Cassandra settings;
  private final Availability availability = new Availability();
  private @Nullable CqlSession session;
  private @Nullable CassandraWatch watch;

  CassandraStorage(StorageSettings.Cassandra settings) {
    this.settings = settings;
    availability.away("it was not looked for yet");
  }

  /** By the thread that closes it, too. */
  @Override
  public void prepare() {
    CqlSession opened = new CassandraAccess(settings).connect();
    session = opened;
    try {
      new CassandraSchema(opened, settings).migrate();
    } catch (DriverException e) {
      throw new StorageException(
          "cannot make the tables in the keyspace %s: %s (culvert.cassandra-storage)"
              .formatted(settings.keyspace(), CassandraFailure.reason(e)),
          e);
    }
    CassandraWatch started = new CassandraWatch(opened, settings.keyspace(), availability);
    watch = started;
    started.start();
  }

  @Override
  public Config pekko() {
    return ConfigFactory.parseString(
            """
            pekko.persistence {
              journal.plugin = "pekko.persistence.cassandra.journal"
              snapshot-store.plugin = "pekko.persistence.cassandra.snapshot"
              cassandra {
                session-provider = "io.culvert.server.storage.CassandraSessionProvider"
                events-by-tag.enabled = off
                journal {
                  keyspace = ${keyspace}
                  # No event is deleted, and whose events there are stands in their table.
                  support-deletes = off
                  support-all-persistence-ids = off
                  circuit-breaker { max-failures = 10, call-timeout = 5s, reset-timeout = 1s }
                }
                snapshot {
                  keyspace = ${keyspace}
                  circuit-breaker { max-failures = 10, call-timeout = 5s, reset-timeout = 1s }
                }
              }
            }
            """)
        .resolveWith(ConfigFactory.parseString("keyspace = " + settings.keyspace()));
  }

  /** After {@link #prepare}. */
  @Override
  public Optional<Setup> setup() {
    return Optional.of(
        new CassandraSetup(new FencedSession(prepared(), settings.keyspace() + ".messages")));
  }

  @Override
  public EventStore events() {
    return new CassandraEvents(prepared(), settings.keyspace());
  }

  private CqlSession prepared() {
    CqlSession opened = session;
    if (opened == null) {
      throw new IllegalStateException("not prepared");
    }
    return opened;
  }

  @Override
  public Availability availability() {
    return availability;
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
    if (session != null) {
      session.close();
    }
  }
}
