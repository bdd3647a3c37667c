package io.culvert.server.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Opens connections to single PostgreSQL servers. Thread-safe. */
final class PostgreSqlAccess {
  private static final Driver DRIVER = new Driver();
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private final StorageSettings.PostgreSql settings;

  PostgreSqlAccess(StorageSettings.PostgreSql settings) {
    this.settings = settings;
  }

  /**
   * Connects.
   *
   * @param host one of the settings' hosts
   * @param longestSilence how long an answer may take
   */
  Connection connect(String host, Duration longestSilence) throws SQLException {
    Properties properties = new Properties();
    PGProperty.USER.set(properties, settings.user());
    settings
        .passwordFile()
        .ifPresent(file -> PGProperty.PASSWORD.set(properties, PasswordFile.firstLine(file)));
    PGProperty.CONNECT_TIMEOUT.set(properties, (int) CONNECT_TIMEOUT.toSeconds());
    PGProperty.SOCKET_TIMEOUT.set(properties, Math.toIntExact(longestSilence.toSeconds()));
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.REWRITE_BATCHED_INSERTS.set(properties, true);
    PGProperty.APPLICATION_NAME.set(properties, "culvert");
    setTls(properties);
    return Objects.requireNonNull(
        DRIVER.connect("jdbc:postgresql://%s/%s".formatted(host, settings.database()), properties));
  }

  private void setTls(Properties properties) {
    PGProperty.SSL_MODE.set(
        properties,
        switch (settings.tls().mode()) {
          case DISABLE -> "disable";
          case REQUIRE -> "require";
          case VERIFY_CA -> "verify-ca";
          case VERIFY_FULL -> "verify-full";
        });
    if (settings.tls().mode() == StorageSettings.Tls.Mode.VERIFY_CA
        || settings.tls().mode() == StorageSettings.Tls.Mode.VERIFY_FULL) {
      settings
          .tls()
          .authority()
          .ifPresentOrElse(
              file -> PGProperty.SSL_ROOT_CERT.set(properties, file.toString()),
              () ->
                  PGProperty.SSL_FACTORY.set(
                      properties, "org.postgresql.ssl.DefaultJavaSSLFactory"));
    }
  }
}
