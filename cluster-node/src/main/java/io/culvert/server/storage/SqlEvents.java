package io.culvert.server.storage;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.function.Consumer;

/** The events in the tables of pekko-persistence-jdbc: read and written in one transaction each. */
final class SqlEvents implements EventStore {
  private static final int ROWS = 500;

  /** In quotes: H2's tables have lower-case names, as the plugin asks for them. */
  private static final String COLUMNS =
      """
      "persistence_id", "sequence_number", "writer", "write_timestamp", "event_ser_id", "event_ser_manifest", "event_payload"\
      """;

  private final Opening opening;

  /** How a connection is had; it is closed after use. */
  interface Opening {
    Connection open() throws SQLException;
  }

  SqlEvents(Opening opening) {
    this.opening = opening;
  }

  @Override
  public boolean isEmpty() {
    try (Connection connection = opening.open()) {
      return isEmpty(connection);
    } catch (SQLException e) {
      throw failed("read", e);
    }
  }

  private static boolean isEmpty(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet events =
            statement.executeQuery(
                """
                SELECT (SELECT COUNT(*) FROM "event_journal") + (SELECT COUNT(*) FROM "snapshot")
                """)) {
      events.next();
      return events.getLong(1) == 0;
    }
  }

  @Override
  public void read(Consumer<StoredEvent> sink) {
    try (Connection connection = opening.open()) {
      // What is committed meanwhile is not seen: the entities are as of one moment.
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(ROWS);
        try (ResultSet rows =
            statement.executeQuery(
                """
                SELECT %s FROM "event_journal" WHERE "deleted" = FALSE
                ORDER BY "persistence_id", "sequence_number"
                """
                    .formatted(COLUMNS))) {
          while (rows.next()) {
            sink.accept(event(rows));
          }
        }
      }
      connection.rollback();
    } catch (SQLException e) {
      throw failed("read", e);
    }
  }

  private static StoredEvent event(ResultSet row) throws SQLException {
    return new StoredEvent(
        row.getString(1),
        row.getLong(2),
        row.getString(3),
        row.getLong(4),
        row.getInt(5),
        row.getString(6),
        ByteBuffer.wrap(row.getBytes(7)));
  }

  @Override
  public void write(Iterator<StoredEvent> events) {
    try (Connection connection = opening.open()) {
      connection.setAutoCommit(false);
      try {
        if (!isEmpty(connection)) {
          throw new StorageException("the database is not empty");
        }
        insert(connection, events);
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      throw failed("write", e);
    }
  }

  private static void insert(Connection connection, Iterator<StoredEvent> events)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO "event_journal" (%s, "deleted", "adapter_manifest")
            VALUES (?, ?, ?, ?, ?, ?, ?, FALSE, '')
            """
                .formatted(COLUMNS))) {
      int waiting = 0;
      while (events.hasNext()) {
        StoredEvent event = events.next();
        insert.setString(1, event.persistenceId());
        insert.setLong(2, event.sequenceNumber());
        insert.setString(3, event.writer());
        insert.setLong(4, event.writtenMillis());
        insert.setInt(5, event.serializer());
        insert.setString(6, event.manifest());
        insert.setBytes(7, event.bytes());
        insert.addBatch();
        if (++waiting == ROWS) {
          insert.executeBatch();
          waiting = 0;
        }
      }
      insert.executeBatch();
    }
  }

  private static StorageException failed(String what, SQLException e) {
    return new StorageException("cannot %s the database: %s".formatted(what, e.getMessage()), e);
  }
}
