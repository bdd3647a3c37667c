package io.culvert.server.storage;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.context.DriverContext;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.metadata.Metadata;
import com.datastax.oss.driver.api.core.metrics.Metrics;
import com.datastax.oss.driver.api.core.session.Request;
import com.datastax.oss.driver.api.core.type.reflect.GenericType;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The session that the journal's plugin is given: it stores an event only where none stands.
 *
 * <p>The plugin inserts without a condition, and Cassandra overwrites: of two writers of one entity
 * both would be told that their event is kept. Here each insert of an event gets {@code IF NOT
 * EXISTS}, which Cassandra decides by Paxos among a quorum, and the table's key ends with the
 * sequence number, without the plugin's timestamp. The second writer's insert fails, and its entity
 * starts again from the journal.
 *
 * <p>A statement may reach Cassandra twice, by a retry or through a second coordinator. The second
 * one finds the row of the first; the timestamp, which is unique for each write, tells that it is
 * its own. Thread-safe.
 */
final class FencedSession implements CqlSession {
  /** The plugin's time-based UUID of each write. */
  private static final String WRITE = "timestamp";

  private final CqlSession session;
  private final String events;

  /**
   * Over a session that stays its owner's.
   *
   * @param events the table of the events, with its keyspace
   */
  FencedSession(CqlSession session, String events) {
    this.session = session;
    this.events = events;
  }

  /**
   * Prepares a statement of the plugin.
   *
   * @throws IllegalArgumentException if it would change the table of the events in another way
   */
  @Override
  public CompletionStage<PreparedStatement> prepareAsync(String query) {
    return session.prepareAsync(fenced(query));
  }

  private String fenced(String query) {
    String words = query.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    if (words.startsWith("insert into %s ".formatted(events))) {
      return query.stripTrailing() + " IF NOT EXISTS";
    }
    if (words.contains(" %s ".formatted(events)) && !words.startsWith("select ")) {
      throw new IllegalArgumentException("not a statement for events: " + query.strip());
    }
    return query;
  }

  /** Fails if an event stands already where the statement puts another. */
  @Override
  public CompletionStage<AsyncResultSet> executeAsync(Statement<?> statement) {
    return session.executeAsync(statement).thenApply(result -> requireStored(statement, result));
  }

  private static AsyncResultSet requireStored(Statement<?> statement, AsyncResultSet result) {
    if (!result.wasApplied()) {
      Set<UUID> own = writes(statement);
      for (Row row : result.currentPage()) {
        if (own.contains(row.getUuid(WRITE))) {
          return result;
        }
      }
      throw new StorageException(
          "another server has written to the same entity: it starts again from the journal");
    }
    return result;
  }

  /** One of a batch is enough: all of it is stored, or nothing. */
  private static Set<UUID> writes(Statement<?> statement) {
    Set<UUID> writes = new HashSet<>();
    if (statement instanceof BoundStatement bound) {
      add(bound, writes);
    } else if (statement instanceof BatchStatement batch) {
      for (BatchableStatement<?> each : batch) {
        if (each instanceof BoundStatement bound) {
          add(bound, writes);
        }
      }
    }
    return writes;
  }

  private static void add(BoundStatement bound, Set<UUID> writes) {
    UUID write = bound.getUuid(WRITE);
    if (write != null) {
      writes.add(write);
    }
  }

  @Override
  public <R extends Request, T> @Nullable T execute(R request, GenericType<T> type) {
    return session.execute(request, type);
  }

  @Override
  public String getName() {
    return session.getName();
  }

  @Override
  public Metadata getMetadata() {
    return session.getMetadata();
  }

  @Override
  public boolean isSchemaMetadataEnabled() {
    return session.isSchemaMetadataEnabled();
  }

  @Override
  public CompletionStage<Metadata> setSchemaMetadataEnabled(@Nullable Boolean enabled) {
    return session.setSchemaMetadataEnabled(enabled);
  }

  @Override
  public CompletionStage<Metadata> refreshSchemaAsync() {
    return session.refreshSchemaAsync();
  }

  @Override
  public CompletionStage<Boolean> checkSchemaAgreementAsync() {
    return session.checkSchemaAgreementAsync();
  }

  @Override
  public DriverContext getContext() {
    return session.getContext();
  }

  @Override
  public Optional<CqlIdentifier> getKeyspace() {
    return session.getKeyspace();
  }

  @Override
  public Optional<Metrics> getMetrics() {
    return session.getMetrics();
  }

  @Override
  public CompletionStage<Void> closeFuture() {
    return session.closeFuture();
  }

  /** Does nothing: the session is its owner's. */
  @Override
  public CompletionStage<Void> closeAsync() {
    return CompletableFuture.completedFuture(null);
  }

  /** Does nothing: the session is its owner's. */
  @Override
  public CompletionStage<Void> forceCloseAsync() {
    return CompletableFuture.completedFuture(null);
  }
}
