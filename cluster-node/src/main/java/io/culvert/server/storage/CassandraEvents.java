package io.culvert.server.storage;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.uuid.Uuids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * The events in Cassandra's tables. There is no transaction for all of them: while they are written
 * a mark says so, with which no server starts.
 */
final class CassandraEvents implements EventStore {
  /** As the plugin is set: pekko.persistence.cassandra.journal.target-partition-size. */
  private static final long PARTITION = 500_000;

  private static final int IN_FLIGHT = 64;
  private static final long BUCKET_MILLIS = Duration.ofHours(1).toMillis();

  private final CqlSession session;
  private final String keyspace;

  private record Partition(String persistenceId, long number) {}

  CassandraEvents(CqlSession session, String keyspace) {
    this.session = session;
    this.keyspace = keyspace;
  }

  @Override
  public boolean isEmpty() {
    return calling(
        "read",
        () -> session.execute(cql("SELECT sequence_nr FROM %s.messages LIMIT 1")).all().isEmpty());
  }

  @Override
  public void read(Consumer<StoredEvent> sink) {
    calling(
        "read",
        () -> {
          List<Partition> partitions = new ArrayList<>();
          for (Row row :
              session.execute(
                  cql("SELECT DISTINCT persistence_id, partition_nr FROM %s.messages"))) {
            partitions.add(
                new Partition(
                    Objects.requireNonNull(row.getString("persistence_id")),
                    row.getLong("partition_nr")));
          }
          partitions.sort(
              Comparator.comparing(Partition::persistenceId).thenComparingLong(Partition::number));
          partitions.forEach(partition -> read(partition, sink));
          return true;
        });
  }

  private void read(Partition partition, Consumer<StoredEvent> sink) {
    for (Row row :
        session.execute(
            cql(
                "SELECT * FROM %s.messages WHERE persistence_id = ? AND partition_nr = ?",
                partition.persistenceId(), partition.number()))) {
      sink.accept(
          new StoredEvent(
              partition.persistenceId(),
              row.getLong("sequence_nr"),
              Objects.requireNonNull(row.getString("writer_uuid")),
              Uuids.unixTimestamp(Objects.requireNonNull(row.getUuid("timestamp"))),
              row.getInt("ser_id"),
              Objects.requireNonNullElse(row.getString("ser_manifest"), ""),
              Objects.requireNonNull(row.getByteBuffer("event"))));
    }
  }

  @Override
  public void write(Iterator<StoredEvent> events) {
    if (!isEmpty()) {
      throw new StorageException("the database is not empty");
    }
    calling(
        "write",
        () -> {
          session.execute(
              cql(
                  "INSERT INTO %s.culvert_lock (name, holder) VALUES (?, ?)",
                  CassandraSchema.RESTORE, Uuids.random()));
          insert(events);
          session.execute(
              cql("DELETE FROM %s.culvert_lock WHERE name = ?", CassandraSchema.RESTORE));
          return true;
        });
  }

  private void insert(Iterator<StoredEvent> events) {
    PreparedStatement insert =
        session.prepare(
            cql(
                "INSERT INTO %s.messages (persistence_id, partition_nr, sequence_nr, timestamp, timebucket, writer_uuid, ser_id, ser_manifest, event_manifest, event) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?)"));
    List<CompletableFuture<?>> inFlight = new ArrayList<>();
    while (events.hasNext()) {
      StoredEvent event = events.next();
      inFlight.add(
          session
              .executeAsync(
                  insert.bind(
                      event.persistenceId(),
                      (event.sequenceNumber() - 1) / PARTITION,
                      event.sequenceNumber(),
                      Uuids.startOf(event.writtenMillis()),
                      String.valueOf(event.writtenMillis() / BUCKET_MILLIS * BUCKET_MILLIS),
                      event.writer(),
                      event.serializer(),
                      event.manifest(),
                      event.payload().duplicate()))
              .toCompletableFuture());
      if (inFlight.size() == IN_FLIGHT) {
        join(inFlight);
      }
    }
    join(inFlight);
  }

  private static void join(List<CompletableFuture<?>> inFlight) {
    inFlight.forEach(CompletableFuture::join);
    inFlight.clear();
  }

  private SimpleStatement cql(String command, Object... values) {
    return SimpleStatement.newInstance(command.formatted(keyspace), values)
        .setExecutionProfileName(CassandraAccess.SCHEMA_PROFILE);
  }

  private interface Call<T> {
    T run();
  }

  private static <T> T calling(String what, Call<T> call) {
    try {
      return call.run();
    } catch (DriverException | CompletionException e) {
      throw new StorageException(
          "cannot %s the database: %s".formatted(what, CassandraFailure.reason(e)), e);
    }
  }
}
