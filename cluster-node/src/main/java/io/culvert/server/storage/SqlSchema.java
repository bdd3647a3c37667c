package io.culvert.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The versions of a database's tables: each is a script {@code DIALECT-VERSION.sql} beside this
 * class, run once, in order. Which were run is noted in the table {@code culvert_schema}.
 */
final class SqlSchema {
  private static final String NOTES =
      "CREATE TABLE IF NOT EXISTS culvert_schema (version INT PRIMARY KEY, applied TIMESTAMP WITH TIME ZONE NOT NULL)";

  private final String dialect;
  private final int newest;

  /**
   * Versions 1 to {@code newest} of a dialect.
   *
   * @param dialect as in the scripts' names
   */
  SqlSchema(String dialect, int newest) {
    this.dialect = dialect;
    this.newest = newest;
  }

  /**
   * Runs what was not run yet. The caller holds a lock against other servers, and commits.
   *
   * @throws StorageException if the tables are newer than this program; nothing was changed then
   */
  void migrate(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(NOTES);
      int version = version(statement);
      if (version > newest) {
        throw new StorageException(
            "the database's tables are of version %d, this server knows versions up to %d: start a newer culvert"
                .formatted(version, newest));
      }
      for (int next = version + 1; next <= newest; next++) {
        for (String command : script(next)) {
          statement.execute(command);
        }
        note(connection, next);
      }
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet result =
        statement.executeQuery("SELECT COALESCE(MAX(version), 0) FROM culvert_schema")) {
      result.next();
      return result.getInt(1);
    }
  }

  private static void note(Connection connection, int version) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO culvert_schema (version, applied) VALUES (?, CURRENT_TIMESTAMP)")) {
      insert.setInt(1, version);
      insert.executeUpdate();
    }
  }

  private List<String> script(int version) {
    String name = "%s-%d.sql".formatted(dialect, version);
    try (InputStream resource =
        Objects.requireNonNull(SqlSchema.class.getResourceAsStream(name), name)) {
      String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(text.split(";\\s*\\n")).filter(command -> !command.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
