package io.culvert.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.server.pki.ClusterKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL whose certificate names 127.0.0.1, and which takes only connections with TLS. */
class PostgreSqlTlsIT {
  @TempDir private static Path keys;
  private static PostgreSqlServers servers;
  private static PostgreSqlServers.Host host;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws IOException {
    makeKeys("database");
    makeKeys("stranger");
    servers =
        PostgreSqlServers.open(
            keys.resolve("database/server.pem"), keys.resolve("database/server-key.pem"));
    host = servers.primary();
  }

  private static void makeKeys(String of) {
    var _ =
        ClusterKeys.open(
            keys.resolve(of), of, List.of("127.0.0.1"), new SecureRandom(), InstantSource.system());
  }

  @AfterAll
  static void stop() throws IOException {
    servers.close();
  }

  private StorageSettings.PostgreSql settings(
      StorageSettings.Tls.Mode mode, Optional<String> authority, String hostName) {
    StorageSettings.PostgreSql plain = servers.fresh(directory.resolve("timeline"), host);
    return new StorageSettings.PostgreSql(
        plain.hosts().stream().map(address -> address.replace("127.0.0.1", hostName)).toList(),
        plain.database(),
        plain.user(),
        plain.passwordFile(),
        plain.connections(),
        new StorageSettings.Tls(mode, authority.map(of -> keys.resolve(of).resolve("ca.pem"))),
        plain.timelineFile());
  }

  private static void refuses(StorageSettings.PostgreSql settings, String because) {
    try (Storage storage = Storage.of(settings)) {
      assertThatThrownBy(storage::prepare)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(because);
      assertThat(storage.availability().problem()).isPresent();
    }
  }

  @Test
  void verifiesTheDatabaseAndEncryptsAllConnections() throws Exception {
    StorageSettings.PostgreSql settings =
        settings(StorageSettings.Tls.Mode.VERIFY_FULL, Optional.of("database"), "127.0.0.1");
    try (Program _ = Program.start(settings)) {
      assertThat(
              host.sql(
                  "postgres",
                  "SELECT DISTINCT ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                      + " WHERE datname = '%s'".formatted(settings.database())))
          .isEqualTo("t|TLSv1.3");
    }
  }

  @Test
  void sendsNothingToADatabaseOfAnotherAuthority() {
    refuses(
        settings(StorageSettings.Tls.Mode.VERIFY_CA, Optional.of("stranger"), "127.0.0.1"),
        "certification path");
  }

  @Test
  void sendsNothingToADatabaseOfAnotherName() throws Exception {
    refuses(
        settings(StorageSettings.Tls.Mode.VERIFY_FULL, Optional.of("database"), "localhost"),
        "localhost");
    Program.start(
            settings(StorageSettings.Tls.Mode.VERIFY_CA, Optional.of("database"), "localhost"))
        .close();
  }

  @Test
  void saysThatTheDatabaseWantsTls() {
    refuses(
        settings(StorageSettings.Tls.Mode.DISABLE, Optional.empty(), "127.0.0.1"), "no encryption");
  }
}
