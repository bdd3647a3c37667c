package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.culvert.server.admin.AdminSettings;
import io.culvert.server.agentgateway.GatewaySettings;
import io.culvert.server.dns.DnsSettings;
import io.culvert.server.storage.StorageSettings;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything that an operator may set. Immutable.
 *
 * @param serverName the server's name in the cluster
 * @param dataDirectory keys, certificates and the embedded database
 * @param gateway how agents are served
 * @param admin how administrators are served
 * @param health where health and metrics are served, without encryption
 * @param cluster the other servers
 * @param dns the round-robin name that this server keeps itself at; empty: none
 * @param storage where the journal lives
 * @param pekko settings of Pekko itself that the operator's file adds; usually empty
 */
public record ServerSettings(
    String serverName,
    Path dataDirectory,
    GatewaySettings gateway,
    AdminSettings admin,
    InetSocketAddress health,
    ClusterSettings cluster,
    Optional<DnsSettings> dns,
    StorageSettings storage,
    Config pekko) {

  /** The resource that documents every key. */
  public static final String REFERENCE = "culvert-server.reference.conf";

  /**
   * The cluster's transport.
   *
   * @param name servers of another name are refused
   * @param port 0: any free one, for a server that nobody joins
   * @param join the seeds, {@code host:port} or {@code dns:NAME:PORT}; empty: found a cluster of
   *     one
   * @param silence when a server counts as lost
   */
  public record ClusterSettings(
      String name, String host, int port, List<String> join, SilenceSettings silence) {}

  /**
   * When servers that are silent count as lost: ADR 11.
   *
   * @param pause without a sign of life after which a server is unreachable
   * @param stableAfter without a change of who is unreachable, after which the minority stops and
   *     the majority goes on without it
   * @param removalMargin that the majority waits then, until it starts the minority's shards
   */
  public record SilenceSettings(Duration pause, Duration stableAfter, Duration removalMargin) {}

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
    try {
      Config resolved = operators.resolve();
      Config reference = reference();
      SettingsKeys.requireKnown(resolved, reference);
      return SettingsReader.read(
          resolved.withOnlyPath("culvert").withFallback(reference).resolve(),
          resolved.withOnlyPath("pekko"));
    } catch (ConfigException | IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()));
    }
  }
}
