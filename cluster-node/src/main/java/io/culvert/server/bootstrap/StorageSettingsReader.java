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
      default -> throw reader.bad(KIND, "use \"embedded\" or \"postgresql\"");
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
          case "verify-full" -> StorageSettings.Tls.Mode.VERIFY_FULL;
          default -> throw bad(section + "mode", "use \"disable\", \"require\" or \"verify-full\"");
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
    String value = config.getString(path);
    if (!IDENTIFIER.matcher(value).matches()) {
      throw bad(path, "'%s' is not a name".formatted(value));
    }
    return value;
  }

  private ConfigException bad(String path, String advice) {
    return SettingsReader.bad(config, path, advice);
  }
}
