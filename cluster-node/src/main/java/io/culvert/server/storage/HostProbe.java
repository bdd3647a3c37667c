package io.culvert.server.storage;

import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks one database server what it is, over a connection of its own. One thread at a time. */
final class HostProbe {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(1);

  /**
   * The timeline is that of the log which the server writes now; the control file may lag behind a
   * promotion.
   */
  static final String STANDING =
      """
      SELECT pg_is_in_recovery(),
        CASE WHEN pg_is_in_recovery() THEN '0' ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END,
        (SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event = 'SyncRep'
          AND state_change < clock_timestamp() - interval '1 second')
      """;

  private final String host;
  private final PostgreSqlAccess access;
  private volatile @Nullable Connection connection;

  HostProbe(String host, PostgreSqlAccess access) {
    this.host = host;
    this.access = access;
  }

  String host() {
    return host;
  }

  /** Asks; never fails. */
  HostReport report() {
    try {
      Connection open = connection;
      if (open == null) {
        open = access.connect(host, LONGEST_SILENCE);
        connection = open;
      }
      return standing(host, open);
    } catch (SQLException | StorageException e) {
      close();
      return new HostReport.Silent(host, reason(e));
    }
  }

  /** The database's own words, or what happened to the connection. */
  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root instanceof SocketTimeoutException
        ? "does not answer"
        : String.valueOf(root.getMessage());
  }

  /**
   * What the server at the other end of a connection is.
   *
   * @return a primary or a standby
   */
  static HostReport standing(String host, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(STANDING)) {
      result.next();
      return result.getBoolean(1)
          ? new HostReport.Standby(host)
          : new HostReport.Primary(
              host, Integer.parseUnsignedInt(result.getString(2), 16), result.getInt(3));
    }
  }

  /** Forgets the connection without a word to the server, which may hang. */
  void close() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        // It is gone, which is what was wanted.
      }
    }
  }
}
