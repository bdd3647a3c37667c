package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.culvert.server.dns.DnsSettings;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code culvert.dns}. */
final class DnsSettingsReader {
  private static final String SECTION = "culvert.dns.";
  private static final Set<String> ALGORITHMS = Set.of("hmac-sha256", "hmac-sha384", "hmac-sha512");
  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
  private static final int MAX_NAME = 253;
  private static final int MAX_PORT = 65535;

  private final Config config;

  private DnsSettingsReader(Config config) {
    this.config = config;
  }

  /**
   * Reads the section; empty unless it is enabled.
   *
   * @param listen where agents are served: the address that is told if none is set
   * @throws ConfigException at the first value that is wrong
   */
  static Optional<DnsSettings> read(Config config, InetAddress listen) {
    return config.getBoolean(SECTION + "enabled")
        ? Optional.of(new DnsSettingsReader(config).read(listen))
        : Optional.empty();
  }

  private DnsSettings read(InetAddress listen) {
    String zone = domainName("zone");
    String name = domainName("name");
    if (!name.equals(zone) && !name.endsWith("." + zone)) {
      throw bad("name", "'%s' is not in the zone '%s'".formatted(name, zone));
    }
    return new DnsSettings(
        zone, name, required("server"), port(), ttl(), tsig(), addresses(listen));
  }

  private DnsSettings.Tsig tsig() {
    String algorithm = required("tsig.algorithm");
    if (!ALGORITHMS.contains(algorithm)) {
      throw bad("tsig.algorithm", "use one of " + ALGORITHMS.stream().sorted().toList());
    }
    Path secret = Path.of(required("tsig.secret-file")).toAbsolutePath().normalize();
    if (!Files.isReadable(secret)) {
      throw bad("tsig.secret-file", "cannot read %s".formatted(secret));
    }
    return new DnsSettings.Tsig(domainName("tsig.name"), algorithm, secret);
  }

  private List<InetAddress> addresses(InetAddress listen) {
    List<String> values = config.getStringList(SECTION + "addresses");
    List<InetAddress> addresses =
        values.isEmpty() ? ofComputer(listen) : values.stream().map(this::literal).toList();
    if (addresses.isEmpty()) {
      throw bad("addresses", "this computer has no address for others: set some");
    }
    return addresses;
  }

  private static List<InetAddress> ofComputer(InetAddress listen) {
    return listen.isAnyLocalAddress()
        ? HostFacts.addresses().stream().filter(address -> !address.isLoopbackAddress()).toList()
        : List.of(listen);
  }

  private InetAddress literal(String value) {
    try {
      return InetAddress.ofLiteral(value);
    } catch (IllegalArgumentException e) {
      throw bad("addresses", "'%s' is not an IPv4 or IPv6 address".formatted(value));
    }
  }

  private int port() {
    int port = config.getInt(SECTION + "port");
    if (port < 1 || port > MAX_PORT) {
      throw bad("port", "use 1 to " + MAX_PORT);
    }
    return port;
  }

  private Duration ttl() {
    Duration ttl = config.getDuration(SECTION + "ttl");
    if (ttl.toSeconds() < 1 || ttl.toDays() >= 1) {
      throw bad("ttl", "use 1 second to 1 day");
    }
    return ttl;
  }

  /** In lower case, without the last dot. */
  private String domainName(String key) {
    String name = required(key).toLowerCase(Locale.ROOT).replaceAll("[.]$", "");
    if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
      throw bad(key, "'%s' is not a domain name".formatted(name));
    }
    return name;
  }

  private String required(String key) {
    String value = config.getString(SECTION + key);
    if (value.isEmpty()) {
      throw bad(key, "must be set when culvert.dns.enabled");
    }
    return value;
  }

  private ConfigException bad(String key, String advice) {
    String path = SECTION + key;
    return new ConfigException.BadValue(config.getValue(path).origin(), path, advice);
  }
}
