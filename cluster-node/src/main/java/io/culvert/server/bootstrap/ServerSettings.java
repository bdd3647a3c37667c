package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.culvert.model.identity.Name;
import io.culvert.server.admin.AdminSettings;
import io.culvert.server.agentgateway.GatewaySettings;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that an operator may set. Immutable.
 *
 * @param serverName the server's name in the cluster
 * @param dataDirectory keys, certificates and the embedded database
 * @param gateway how agents are served
 * @param admin how administrators are served
 * @param health where health and metrics are served, without encryption
 * @param cluster the other servers
 * @param storage the embedded database
 * @param pekko settings of Pekko itself that the operator's file adds; usually empty
 */
public record ServerSettings(
    String serverName,
    Path dataDirectory,
    GatewaySettings gateway,
    AdminSettings admin,
    InetSocketAddress health,
    ClusterSettings cluster,
    EmbeddedStorage storage,
    Config pekko) {

  /** The resource that documents every key. */
  public static final String REFERENCE = "culvert-server.reference.conf";

  private static final String ANY_HOST = "*";

  /**
   * The cluster's transport.
   *
   * @param join {@code host:port} of servers to join; empty: found a cluster of one
   */
  public record ClusterSettings(String host, int port, List<String> join) {}

  /**
   * The H2 database.
   *
   * @param path without the ending
   * @param shared whether several servers of this computer use it at once
   */
  public record EmbeddedStorage(Path path, boolean shared) {}

  /** The defaults, as documented. */
  public static Config reference() {
    return ConfigFactory.parseResources(ServerSettings.class.getClassLoader(), REFERENCE);
  }

  /**
   * Reads an operator's file.
   *
   * @throws SettingsException if the file cannot be read or parsed
   */
  public static Config readFile(Path file) {
    if (!Files.isReadable(file)) {
      throw new SettingsException("cannot read the settings file %s".formatted(file));
    }
    try {
      return ConfigFactory.parseFile(
          file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    } catch (ConfigException e) {
      throw new SettingsException("the settings file is not HOCON: " + e.getMessage());
    }
  }

  /**
   * Resolves an operator's settings over the defaults.
   *
   * @throws SettingsException at the first key that is unknown or has a wrong value
   */
  public static ServerSettings of(Config operators) {
    Config reference = reference();
    Config known = operators.withOnlyPath("culvert");
    requireKnownKeys(operators, reference);
    try {
      return read(known.withFallback(reference).resolve(), operators.withOnlyPath("pekko"));
    } catch (ConfigException e) {
      throw new SettingsException(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()));
    }
  }

  private static ServerSettings read(Config config, Config pekko) {
    String name = orElse(config.getString("culvert.server-name"), HostFacts.hostName());
    Path data =
        Path.of(
            orElse(
                config.getString("culvert.data-directory"),
                HostFacts.defaultDataDirectory().toString()));
    int gatewayPort = config.getInt("culvert.agent-gateway.port");
    List<String> advertised = config.getStringList("culvert.agent-gateway.advertised");
    List<String> gateways =
        advertised.isEmpty() ? HostFacts.advertisedGateways(gatewayPort) : advertised;
    if (!config.getString("culvert.storage").equals("embedded")) {
      throw new ConfigException.BadValue(
          config.getValue("culvert.storage").origin(), "culvert.storage", "use \"embedded\"");
    }
    return new ServerSettings(
        Name.require(name, "server"),
        data,
        new GatewaySettings(
            address(config, "culvert.agent-gateway"),
            gateways,
            config.getDuration("culvert.agent-gateway.presence-grace"),
            config.getDuration("culvert.agent-gateway.drain-delay"),
            Math.toIntExact(config.getBytes("culvert.agent-gateway.max-frame"))),
        new AdminSettings(
            address(config, "culvert.admin"),
            gateways,
            config.getDuration("culvert.admin.session-lifetime"),
            config.getDuration("culvert.admin.token-lifetime")),
        address(config, "culvert.health"),
        new ClusterSettings(
            config.getString("culvert.cluster.host"),
            config.getInt("culvert.cluster.port"),
            config.getStringList("culvert.cluster.join")),
        new EmbeddedStorage(
            Path.of(
                    orElse(
                        config.getString("culvert.embedded-storage.path"),
                        data.resolve("db").resolve("culvert").toString()))
                .toAbsolutePath(),
            config.getBoolean("culvert.embedded-storage.shared")),
        pekko);
  }

  private static InetSocketAddress address(Config config, String path) {
    String host = config.getString(path + ".host");
    int port = config.getInt(path + ".port");
    if (port < 0 || port > 65535) {
      throw new ConfigException.BadValue(
          config.getValue(path + ".port").origin(), path + ".port", "use 0 to 65535");
    }
    return host.equals(ANY_HOST) ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
  }

  private static String orElse(String value, String otherwise) {
    return value.isEmpty() ? otherwise : value;
  }

  private static void requireKnownKeys(Config operators, Config reference) {
    Set<String> keys =
        reference.entrySet().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    for (Map.Entry<String, ConfigValue> entry : operators.entrySet()) {
      String key = entry.getKey();
      if (key.startsWith("pekko.")) {
        continue;
      }
      if (!keys.contains(key)) {
        throw new SettingsException(
            "%s: there is no setting '%s'; did you mean '%s'? See 'culvert server --print-config'"
                .formatted(entry.getValue().origin().description(), key, nearest(key, keys)));
      }
      ConfigValueType expected = reference.getValue(key).valueType();
      if (expected == ConfigValueType.LIST
          && entry.getValue().valueType() != ConfigValueType.LIST) {
        throw new SettingsException(
            "%s: '%s' is a list: write [ ... ]"
                .formatted(entry.getValue().origin().description(), key));
      }
    }
  }

  private static String nearest(String key, Set<String> keys) {
    return keys.stream()
        .min(
            Comparator.comparingInt((String known) -> distance(key, known))
                .thenComparing(known -> known))
        .orElseThrow();
  }

  /** Levenshtein distance, ignoring case. */
  private static int distance(String a, String b) {
    String left = a.toLowerCase(Locale.ROOT);
    String right = b.toLowerCase(Locale.ROOT);
    int[] row = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int substituted = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[right.length()];
  }
}
