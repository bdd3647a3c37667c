package io.culvert.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgreSqlStorageIT extends StorageContract {
  private static PostgreSqlServers servers;
  private static PostgreSqlServers.Host host;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws IOException {
    servers = PostgreSqlServers.open();
    host = servers.primary();
  }

  @AfterAll
  static void stop() throws IOException {
    servers.close();
  }

  @Override
  StorageSettings.PostgreSql fresh() {
    return servers.fresh(directory.resolve("timeline"), host);
  }

  @Test
  void refusesTablesOfANewerServer() throws Exception {
    StorageSettings.PostgreSql settings = fresh();
    Program.start(settings).close();
    host.sql(settings.database(), "INSERT INTO culvert_schema VALUES (99, now())");

    assertThatThrownBy(() -> Program.start(settings))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("version 99");
  }

  @Test
  void saysWhatIsWrongWithTheDatabase() {
    StorageSettings.PostgreSql settings = fresh();
    StorageSettings.PostgreSql wrong =
        new StorageSettings.PostgreSql(
            settings.hosts(),
            "nothing",
            settings.user(),
            settings.passwordFile(),
            settings.connections(),
            settings.tls(),
            settings.timelineFile());

    try (Storage storage = Storage.of(wrong)) {
      assertThatThrownBy(storage::prepare)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("database \"nothing\" does not exist")
          .hasMessageNotContaining("secret");
      assertThat(storage.availability().problem()).isPresent();
    }
  }
}
