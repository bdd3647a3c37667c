package io.culvert.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SqlSchemaTest {
  private final SqlSchema schema = new SqlSchema("h2", 1);
  private Connection connection;

  @BeforeEach
  void connect() throws SQLException {
    connection = DriverManager.getConnection("jdbc:h2:mem:");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void makesTheTablesOnce() throws SQLException {
    schema.migrate(connection);
    execute("INSERT INTO \"snapshot\" VALUES ('a', 1, 0, 1, '', X'00', NULL, NULL, NULL)");

    schema.migrate(connection);

    assertThat(number("SELECT COUNT(*) FROM \"snapshot\"")).isEqualTo(1);
    assertThat(number("SELECT COUNT(*) FROM culvert_schema")).isEqualTo(1);
  }

  @Test
  void adoptsTheTablesOfAnEarlierServer() throws SQLException {
    schema.migrate(connection);
    execute("INSERT INTO \"snapshot\" VALUES ('a', 1, 0, 1, '', X'00', NULL, NULL, NULL)");
    execute("DROP TABLE culvert_schema");

    schema.migrate(connection);

    assertThat(number("SELECT COUNT(*) FROM \"snapshot\"")).isEqualTo(1);
    assertThat(number("SELECT MAX(version) FROM culvert_schema")).isEqualTo(1);
  }

  @Test
  void refusesNewerTables() throws SQLException {
    schema.migrate(connection);
    execute("INSERT INTO culvert_schema VALUES (2, CURRENT_TIMESTAMP)");

    assertThatThrownBy(() -> schema.migrate(connection))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("version 2");
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int number(String sql) throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getInt(1);
    }
  }
}
