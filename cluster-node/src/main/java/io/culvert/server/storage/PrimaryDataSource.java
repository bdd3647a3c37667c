package io.culvert.server.storage;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections to whatever is the primary now. Each is checked before it is given out: a server that
 * was demoted, or an old primary that woke, is refused. When another server becomes the primary all
 * connections to the former are cut, so that nobody waits for one that hangs or writes to it.
 *
 * <p>Thread-safe.
 */
final class PrimaryDataSource implements DataSource {
  /** The longest that a statement may take; a hung primary is noticed by the watch before. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);

  private final PostgreSqlAccess access;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private volatile PrimaryChoice choice = new PrimaryChoice.None("no primary was looked for yet");

  PrimaryDataSource(PostgreSqlAccess access) {
    this.access = access;
  }

  /** Uses this from now on. Nothing is cut while it is not known who follows. */
  void use(PrimaryChoice next) {
    PrimaryChoice before = choice;
    if (next instanceof PrimaryChoice.Chosen && !next.equals(before)) {
      choice = next;
      cut();
    } else if (before instanceof PrimaryChoice.None) {
      choice = next;
    }
  }

  private void cut() {
    for (Connection connection : List.copyOf(open)) {
      open.remove(connection);
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        // It is gone, which is what was wanted.
      }
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    return switch (choice) {
      case PrimaryChoice.None none -> throw new SQLException(none.reason());
      case PrimaryChoice.Chosen chosen -> connect(chosen);
    };
  }

  private Connection connect(PrimaryChoice.Chosen chosen) throws SQLException {
    Connection connection = access.connect(chosen.host(), LONGEST_SILENCE);
    try {
      HostReport report = HostProbe.standing(chosen.host(), connection);
      if (!(report instanceof HostReport.Primary primary)
          || primary.timeline() != chosen.timeline()) {
        throw new SQLException("%s is not the primary any more".formatted(chosen.host()));
      }
      open.removeIf(PrimaryDataSource::isClosed);
      open.add(connection);
      if (!chosen.equals(choice)) {
        throw new SQLException("the primary has changed");
      }
      return connection;
    } catch (SQLException e) {
      open.remove(connection);
      connection.close();
      throw e;
    }
  }

  private static boolean isClosed(Connection connection) {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is a setting");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
