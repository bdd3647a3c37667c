package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.culvert.model.identity.Name;
import io.culvert.server.admin.AdminSettings;
import io.culvert.server.agentgateway.GatewaySettings;
import io.culvert.server.bootstrap.ServerSettings.ClusterSettings;
import io.culvert.server.bootstrap.ServerSettings.SilenceSettings;
import io.culvert.server.dns.SeedAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads known keys, and refuses values out of their range with their position. */
final class SettingsReader {
  private static final String ANY_HOST = "*";
  private static final int MAX_PORT = 65535;
  private static final int MAX_LOGONS_PER_SECOND = 100_000;
  private static final long MAX_FRAME_BYTES = 16 * 1024 * 1024;
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:/\\[\\]]+):([0-9]{1,5})");
  private static final Pattern DNS_NAME =
      Pattern.compile("dns:([a-zA-Z0-9_-]+(?:\\.[a-zA-Z0-9_-]+)*\\.?)(:[1-9][0-9]{0,4})?");
  private static final int DEFAULT_CLUSTER_PORT = 7355;

  private final Config config;

  private SettingsReader(Config config) {
    this.config = config;
  }

  /**
   * Reads the settings.
   *
   * @param config resolved, with the defaults
   * @param pekko what goes to Pekko as it is
   * @throws ConfigException at the first value that is wrong
   */
  static ServerSettings read(Config config, Config pekko) {
    return new SettingsReader(config).read(pekko);
  }

  private ServerSettings read(Config pekko) {
    Path data =
        Path.of(text("culvert.data-directory", HostFacts.defaultDataDirectory().toString()))
            .toAbsolutePath()
            .normalize();
    GatewaySettings gateway = gateway();
    return new ServerSettings(
        name(),
        data,
        gateway,
        new AdminSettings(
            address("culvert.admin", 0),
            gateway.advertised(),
            positive("culvert.admin.session-lifetime"),
            positive("culvert.admin.token-lifetime")),
        address("culvert.health", 0),
        cluster(),
        DnsSettingsReader.read(config, gateway.listen().getAddress()),
        StorageSettingsReader.read(config, data),
        pekko);
  }

  private String name() {
    String path = "culvert.server-name";
    try {
      return Name.require(text(path, HostFacts.hostName()), "server");
    } catch (IllegalArgumentException e) {
      throw bad(path, String.valueOf(e.getMessage()));
    }
  }

  private GatewaySettings gateway() {
    InetSocketAddress listen = address("culvert.agent-gateway", 1);
    List<String> advertised = hostsAndPorts("culvert.agent-gateway.advertised");
    return new GatewaySettings(
        listen,
        advertised.isEmpty() ? HostFacts.advertisedGateways(listen.getPort()) : advertised,
        positive("culvert.agent-gateway.presence-grace"),
        positive("culvert.agent-gateway.drain-delay"),
        logonsPerSecond("culvert.agent-gateway.logons-per-second"),
        ticketLifetime("culvert.agent-gateway.ticket-lifetime"),
        positive("culvert.agent-gateway.rebalance-interval"),
        frameBytes("culvert.agent-gateway.max-frame"));
  }

  private ClusterSettings cluster() {
    String path = "culvert.cluster.host";
    String host = config.getString(path);
    if (host.isEmpty() || host.equals(ANY_HOST)) {
      throw bad(path, "use the address at which other servers reach this one");
    }
    List<String> join = seeds("culvert.cluster.join");
    return new ClusterSettings(
        clusterName(),
        join.stream().anyMatch(Seeds::isName) ? literal(path, host) : host,
        port("culvert.cluster.port", 0),
        join,
        new SilenceSettings(
            atLeast("culvert.cluster.silence.pause", 1),
            atLeast("culvert.cluster.silence.stable-after", 2),
            atLeast("culvert.cluster.silence.removal-margin", 1)));
  }

  private Duration atLeast(String path, int seconds) {
    Duration value = config.getDuration(path);
    if (value.toSeconds() < seconds || value.toMinutes() >= 10) {
      throw bad(path, "use %d s to 10 minutes".formatted(seconds));
    }
    return value;
  }

  /** {@code host:port}, or {@code dns:NAME:PORT}, whose port may be left out. */
  private List<String> seeds(String path) {
    List<String> seeds = new ArrayList<>();
    for (String value : config.getStringList(path)) {
      if (Seeds.isName(value)) {
        var name = DNS_NAME.matcher(value);
        if (!name.matches()) {
          throw bad(path, "'%s' is not of the form dns:NAME or dns:NAME:PORT".formatted(value));
        }
        seeds.add(name.group(2) == null ? value + ":" + DEFAULT_CLUSTER_PORT : value);
      } else {
        requireHostAndPort(config, path, value);
        seeds.add(value);
      }
    }
    return seeds;
  }

  /** As it stands among the addresses of the seeds' name. */
  private String literal(String path, String host) {
    try {
      return SeedAddresses.text(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      throw bad(
          path,
          "'%s' must be an address when the seeds are found by a name: this server must know itself among them"
              .formatted(host));
    }
  }

  private String clusterName() {
    String path = "culvert.cluster.name";
    try {
      return Name.require(config.getString(path), "cluster");
    } catch (IllegalArgumentException e) {
      throw bad(path, String.valueOf(e.getMessage()));
    }
  }

  private String text(String path, String otherwise) {
    String value = config.getString(path);
    return value.isEmpty() ? otherwise : value;
  }

  private InetSocketAddress address(String section, int lowestPort) {
    String host = config.getString(section + ".host");
    int port = port(section + ".port", lowestPort);
    if (host.equals(ANY_HOST)) {
      return new InetSocketAddress(port);
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw bad(section + ".host", "'%s' has no address".formatted(host));
    }
    return address;
  }

  private int port(String path, int lowest) {
    int port = config.getInt(path);
    if (port < lowest || port > MAX_PORT) {
      throw bad(path, "use %d to %d".formatted(lowest, MAX_PORT));
    }
    return port;
  }

  private List<String> hostsAndPorts(String path) {
    return hostsAndPorts(config, path);
  }

  /** A list of {@code host:port}. */
  static List<String> hostsAndPorts(Config config, String path) {
    List<String> values = config.getStringList(path);
    values.forEach(value -> requireHostAndPort(config, path, value));
    return values;
  }

  private static void requireHostAndPort(Config config, String path, String value) {
    var parts = HOST_AND_PORT.matcher(value);
    if (!parts.matches()
        || Integer.parseInt(parts.group(2)) < 1
        || Integer.parseInt(parts.group(2)) > MAX_PORT) {
      throw bad(config, path, "'%s' is not of the form host:port".formatted(value));
    }
  }

  private Duration positive(String path) {
    Duration value = config.getDuration(path);
    if (!value.isPositive()) {
      throw bad(path, "use a time greater than 0");
    }
    return value;
  }

  private int logonsPerSecond(String path) {
    int value = config.getInt(path);
    if (value < 1 || value > MAX_LOGONS_PER_SECOND) {
      throw bad(path, "use 1 to %d".formatted(MAX_LOGONS_PER_SECOND));
    }
    return value;
  }

  private Duration ticketLifetime(String path) {
    Duration value = positive(path);
    if (value.toHours() >= 1) {
      throw bad(path, "use less than 1 hour: a node that was suspended may come back for so long");
    }
    return value;
  }

  private int frameBytes(String path) {
    long value = config.getBytes(path);
    if (value < 1024 || value > MAX_FRAME_BYTES) {
      throw bad(path, "use 1 KiB to 16 MiB");
    }
    return (int) value;
  }

  private ConfigException bad(String path, String advice) {
    return bad(config, path, advice);
  }

  /** What is wrong with a value, and its position. */
  static ConfigException bad(Config config, String path, String advice) {
    return new ConfigException.BadValue(config.getValue(path).origin(), path, advice);
  }
}
