package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.culvert.server.storage.StorageSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code culvert.storage} and the section of the storage that it names. */
final class StorageSettingsReader {
  private static final String KIND = "culvert.storage";
  private static final String EMBEDDED = "culvert.embedded-storage.";
  private static final String POSTGRESQL = "culvert.postgresql-storage.";
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,62}");
  private static final int MAX_CONNECTIONS = 100;
  private static final String CASSANDRA = "culvert.cassandra-storage.";
  private static final Pattern DATACENTER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  /** As Cassandra takes it without quotes. */
  private static final Pattern KEYSPACE = Pattern.compile("[a-z][a-z0-9_]{0,47}");

  private static final int MAX_REPLICAS = 9;

  private final Config config;

  private StorageSettingsReader(Config config) {
    this.config = config;
  }

  /**
   * Reads the section; the other sections may hold anything that is well formed.
   *
   * @param data the server's data directory
   * @throws ConfigException at the first value that is wrong
   */
  static StorageSettings read(Config config, Path data) {
    StorageSettingsReader reader = new StorageSettingsReader(config);
    return switch (config.getString(KIND)) {
      case "embedded" -> reader.embedded(data);
      case "postgresql" -> reader.postgreSql(data);
      case "cassandra" -> reader.cassandra();
      default -> throw reader.bad(KIND, "use \"embedded\", \"postgresql\" or \"cassandra\"");
    };
  }

  private StorageSettings embedded(Path data) {
    String key = EMBEDDED + "path";
    String value = config.getString(key);
    String path = value.isEmpty() ? data.resolve("db/culvert").toString() : value;
    if (path.contains(";")) {
      throw bad(key, "use a path without ';'");
    }
    return new StorageSettings.Embedded(
        Path.of(path).toAbsolutePath().normalize(), config.getBoolean(EMBEDDED + "shared"));
  }

  private StorageSettings postgreSql(Path data) {
    List<String> hosts = SettingsReader.hostsAndPorts(config, POSTGRESQL + "hosts");
    if (hosts.isEmpty()) {
      throw bad(POSTGRESQL + "hosts", "name the primary and its standbys");
    }
    return new StorageSettings.PostgreSql(
        hosts,
        identifier(POSTGRESQL + "database"),
        identifier(POSTGRESQL + "user"),
        file(POSTGRESQL + "password-file"),
        connections(),
        tls(POSTGRESQL + "tls."),
        data.resolve("database-timeline"));
  }

  private StorageSettings cassandra() {
    List<String> contactPoints = SettingsReader.hostsAndPorts(config, CASSANDRA + "contact-points");
    if (contactPoints.isEmpty()) {
      throw bad(CASSANDRA + "contact-points", "name some of the nodes");
    }
    return new StorageSettings.Cassandra(
        contactPoints,
        matching(DATACENTER, CASSANDRA + "local-datacenter"),
        matching(KEYSPACE, CASSANDRA + "keyspace"),
        replicas(),
        identifier(CASSANDRA + "user"),
        file(CASSANDRA + "password-file"),
        cassandraTls());
  }

  private int replicas() {
    int value = config.getInt(CASSANDRA + "replication-factor");
    if (value < 1 || value > MAX_REPLICAS) {
      throw bad(CASSANDRA + "replication-factor", "use 1 to " + MAX_REPLICAS);
    }
    return value;
  }

  private StorageSettings.Tls cassandraTls() {
    StorageSettings.Tls tls = tls(CASSANDRA + "tls.");
    if (tls.mode() == StorageSettings.Tls.Mode.REQUIRE) {
      throw bad(CASSANDRA + "tls.mode", "use \"disable\", \"verify-ca\" or \"verify-full\"");
    }
    return tls;
  }

  private int connections() {
    int value = config.getInt(POSTGRESQL + "connections");
    if (value < 2 || value > MAX_CONNECTIONS) {
      throw bad(POSTGRESQL + "connections", "use 2 to " + MAX_CONNECTIONS);
    }
    return value;
  }

  private StorageSettings.Tls tls(String section) {
    StorageSettings.Tls.Mode mode =
        switch (config.getString(section + "mode")) {
          case "disable" -> StorageSettings.Tls.Mode.DISABLE;
          case "require" -> StorageSettings.Tls.Mode.REQUIRE;
          case "verify-ca" -> StorageSettings.Tls.Mode.VERIFY_CA;
          case "verify-full" -> StorageSettings.Tls.Mode.VERIFY_FULL;
          default ->
              throw bad(
                  section + "mode",
                  "use \"disable\", \"require\", \"verify-ca\" or \"verify-full\"");
        };
    return new StorageSettings.Tls(mode, file(section + "ca-file"));
  }

  private Optional<Path> file(String path) {
    String value = config.getString(path);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Path file = Path.of(value).toAbsolutePath().normalize();
    if (!Files.isReadable(file)) {
      throw bad(path, "cannot read %s".formatted(file));
    }
    return Optional.of(file);
  }

  private String identifier(String path) {
    return matching(IDENTIFIER, path);
  }

  private String matching(Pattern pattern, String path) {
    String value = config.getString(path);
    if (!pattern.matcher(value).matches()) {
      throw bad(path, "'%s' is not a name".formatted(value));
    }
    return value;
  }

  private ConfigException bad(String path, String advice) {
    return SettingsReader.bad(config, path, advice);
  }
}
