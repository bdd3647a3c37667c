package io.culvert.server.storage;

import com.typesafe.config.Config;
import java.util.Optional;
import org.apache.pekko.actor.setup.Setup;

/**
 * The database of one server. Opened before its actor system, closed after it.
 *
 * <p>Thread-safe.
 */
public interface Storage extends AutoCloseable {
  /** What is set; reaches nothing yet. */
  static Storage of(StorageSettings settings) {
    return switch (settings) {
      case StorageSettings.Embedded embedded -> new EmbeddedStorage(embedded);
      case StorageSettings.PostgreSql postgreSql -> new PostgreSqlStorage(postgreSql);
      case StorageSettings.Cassandra cassandra -> new CassandraStorage(cassandra);
    };
  }

  /**
   * Waits for the database, and makes or migrates its schema; several servers may do so at once.
   *
   * @throws StorageException if it cannot be reached in time, or is of a newer schema
   */
  void prepare() throws InterruptedException;

  /** Pekko's settings for it, without passwords. */
  Config pekko();

  /** What the actor system must be started with. */
  Optional<Setup> setup();

  /** Its events, when it is prepared, for a backup. */
  EventStore events();

  /** Whether it can be reached now. */
  Availability availability();

  @Override
  void close();
}
