package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.culvert.server.dns.DnsSettings;
import io.culvert.server.storage.StorageSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSettingsTest {
  @TempDir private Path directory;

  @Test
  void hasADefaultForEveryKey() {
    ServerSettings settings = ServerSettings.of(ConfigFactory.empty());

    assertThat(settings.gateway().listen().getPort()).isEqualTo(443);
    assertThat(settings.gateway().presenceGrace()).isEqualTo(Duration.ofSeconds(15));
    assertThat(settings.gateway().maxFrameBytes()).isEqualTo(256 * 1024);
    assertThat(settings.gateway().advertised()).isNotEmpty().allMatch(a -> a.endsWith(":443"));
    assertThat(settings.admin().listen().getPort()).isEqualTo(8443);
    assertThat(settings.health().getAddress().isLoopbackAddress()).isTrue();
    assertThat(settings.cluster().join()).isEmpty();
    assertThat(settings.storage())
        .isEqualTo(
            new StorageSettings.Embedded(settings.dataDirectory().resolve("db/culvert"), false));
    assertThat(settings.dataDirectory()).isAbsolute();
  }

  @Test
  void documentsEveryKey() {
    assertThat(ServerSettings.reference().entrySet())
        .filteredOn(entry -> !isTheSections(entry.getKey()))
        .isNotEmpty()
        .allSatisfy(
            entry ->
                assertThat(entry.getValue().origin().comments())
                    .as("the comment of %s", entry.getKey())
                    .isNotEmpty());
  }

  /** A section's comment says what listens there. */
  private static boolean isTheSections(String key) {
    return key.endsWith(".host") || key.endsWith(".port");
  }

  @Test
  void readsTheReferenceFileAsAnOperatorsFile() {
    assertThat(ServerSettings.of(ServerSettings.reference()))
        .isEqualTo(ServerSettings.of(ConfigFactory.empty()));
  }

  @Test
  void readsTheZone() throws IOException {
    Path secret = Files.writeString(directory.resolve("tsig.secret"), "c2VjcmV0");
    DnsSettings dns =
        read("""
                culvert.dns {
                  enabled = true, zone = "Example.com.", name = "vpn.example.com", server = ns.example.com
                  ttl = 1 minute, tsig.secret-file = "%s", addresses = ["192.0.2.1", "2001:db8::1"]
                }
                """
                .formatted(secret))
            .dns()
            .orElseThrow();

    assertThat(dns)
        .isEqualTo(
            new DnsSettings(
                "example.com",
                "vpn.example.com",
                "ns.example.com",
                53,
                Duration.ofMinutes(1),
                new DnsSettings.Tsig("culvert-servers", "hmac-sha256", secret),
                List.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "zone = ''                | culvert.dns.zone",
        "zone = 'no zone'         | 'no zone' is not a domain name",
        "name = vpn.example.org   | 'vpn.example.org' is not in the zone 'example.com'",
        "name = evilexample.com   | is not in the zone",
        "server = ''              | must be set when culvert.dns.enabled",
        "port = 0                 | use 1 to 65535",
        "ttl = 0 seconds          | use 1 second to 1 day",
        "addresses = [vpn.test]   | 'vpn.test' is not an IPv4 or IPv6 address",
        "tsig.algorithm = md5     | use one of [hmac-sha256, hmac-sha384, hmac-sha512]",
        "tsig.secret-file = /none | cannot read /none",
      })
  void refusesAZoneThatCannotBe(String wrong, String says) throws IOException {
    Path secret = Files.writeString(directory.resolve("tsig.secret"), "c2VjcmV0");
    assertThatThrownBy(
            () ->
                read(
                    """
                    culvert.dns { enabled = true, zone = example.com, name = vpn.example.com }
                    culvert.dns { server = ns.example.com, tsig.secret-file = "%s" }
                    culvert.dns.%s
                    """
                        .formatted(secret, wrong.replace('\'', '"'))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(says);
  }

  @Test
  void readsWhatAnOperatorSets() throws IOException {
    ServerSettings settings =
        read(
            """
            culvert {
              server-name = srv
              agent-gateway { port = 4443, advertised = ["vpn.example:4443", "[fd00::1]:4443"] }
              cluster.join = ["198.18.2.2:7355"]
              embedded-storage.shared = true
            }
            pekko.loglevel = DEBUG
            """);

    assertThat(settings.serverName()).isEqualTo("srv");
    assertThat(settings.gateway().advertised())
        .containsExactly("vpn.example:4443", "[fd00::1]:4443");
    assertThat(settings.admin().advertisedGateways()).isEqualTo(settings.gateway().advertised());
    assertThat(settings.cluster().join()).containsExactly("198.18.2.2:7355");
    assertThat(settings.storage())
        .isEqualTo(
            new StorageSettings.Embedded(settings.dataDirectory().resolve("db/culvert"), true));
    assertThat(settings.pekko().getString("pekko.loglevel")).isEqualTo("DEBUG");
  }

  @Test
  void readsSeedsThatStandAtAName() throws IOException {
    var cluster =
        read("culvert.cluster { host = \"fd00::1\", join = [\"dns:a.test\", \"dns:b.test:7000\"] }")
            .cluster();

    assertThat(cluster.join()).containsExactly("dns:a.test:7355", "dns:b.test:7000");
    assertThat(cluster.host())
        .as("as the others write it, who have it from DNS")
        .isEqualTo("[fd00:0:0:0:0:0:0:1]");
  }

  @Test
  void readsPostgreSql() throws IOException {
    Path password = Files.writeString(directory.resolve("db.password"), "secret");
    Path authority = Files.writeString(directory.resolve("db-ca.pem"), "a certificate");
    ServerSettings settings =
        read(
            """
            culvert {
              data-directory = "%s", storage = postgresql
              postgresql-storage {
                hosts = ["db1:5432", "db2:5433"], database = vpn, user = owner, password-file = "%s"
                connections = 4, tls.ca-file = "%s"
              }
            }
            """
                .formatted(directory, password, authority));

    assertThat(settings.storage())
        .isEqualTo(
            new StorageSettings.PostgreSql(
                List.of("db1:5432", "db2:5433"),
                "vpn",
                "owner",
                Optional.of(password),
                4,
                new StorageSettings.Tls(
                    StorageSettings.Tls.Mode.VERIFY_FULL, Optional.of(authority)),
                directory.resolve("database-timeline")));
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hosts = []                   | name the primary",
        "hosts = [db1]                | host:port",
        "database = 'no name'         | is not a name",
        "user = ''                    | is not a name",
        "password-file = '/no/file'   | cannot read /no/file",
        "connections = 1              | use 2 to 100",
        "tls.mode = perhaps           | verify-full",
        "tls.ca-file = '/no/file'     | cannot read /no/file",
      })
  void namesThePositionOfAWrongValueOfPostgreSql(String line, String reason) {
    String text =
        "culvert.storage = postgresql\n\nculvert.postgresql-storage."
            + line.strip().replace('\'', '"')
            + "\n";

    assertThatThrownBy(() -> read(text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("server.conf: 3")
        .hasMessageContaining(reason.strip());
  }

  @Test
  void readsCassandra() throws IOException {
    Path password = Files.writeString(directory.resolve("db.password"), "secret");
    Path authority = Files.writeString(directory.resolve("db-ca.pem"), "a certificate");
    ServerSettings settings =
        read(
            """
            culvert {
              storage = cassandra
              cassandra-storage {
                contact-points = ["db1:9042", "db2:9142"], local-datacenter = Berlin, keyspace = vpn
                replication-factor = 5, user = owner, password-file = "%s"
                tls { mode = verify-ca, ca-file = "%s" }
              }
            }
            """
                .formatted(password, authority));

    assertThat(settings.storage())
        .isEqualTo(
            new StorageSettings.Cassandra(
                List.of("db1:9042", "db2:9142"),
                "Berlin",
                "vpn",
                5,
                "owner",
                Optional.of(password),
                new StorageSettings.Tls(
                    StorageSettings.Tls.Mode.VERIFY_CA, Optional.of(authority))));
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "contact-points = []          | name some of the nodes",
        "contact-points = [db1]       | host:port",
        "local-datacenter = 'a b'     | is not a name",
        "keyspace = Culvert           | is not a name",
        "replication-factor = 0       | use 1 to 9",
        "replication-factor = some    | NUMBER",
        "user = ''                    | is not a name",
        "password-file = '/nowhere/p' | cannot read",
        "tls.mode = require           | verify-ca",
        "tls.ca-file = '/nowhere/ca'  | cannot read",
        "contact-point = [db1]        | contact-points",
      })
  void namesThePositionOfAWrongValueOfCassandra(String line, String reason) {
    String text =
        "culvert.storage = cassandra\n\nculvert.cassandra-storage."
            + line.strip().replace('\'', '"')
            + "\n";

    assertThatThrownBy(() -> read(text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("server.conf: 3")
        .hasMessageContaining(reason.strip());
  }

  @Test
  void namesThePositionOfAnUnknownKeyAndTheNearestKnownOne() {
    assertThatThrownBy(() -> read("culvert {\n  admin {\n    prot = 8443\n  }\n}\n"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("server.conf: 3")
        .hasMessageContaining("'culvert.admin.prot'")
        .hasMessageContaining("did you mean 'culvert.admin.port'?");
  }

  @Test
  void refusesKeysOutsideOfItsSection() {
    assertThatThrownBy(() -> read("culver.admin.port = 8443\n"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("server.conf: 1")
        .hasMessageContaining("did you mean 'culvert.admin.port'?");
  }

  @Test
  void tellsASectionFromAValue() {
    assertThatThrownBy(() -> read("culvert.admin = 8443\n"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("server.conf: 1")
        .hasMessageContaining("'culvert.admin' is a section");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "admin.port = often                        | NUMBER",
        "admin.port = 70000                        | use 0 to 65535",
        "agent-gateway.port = 0                    | use 1 to 65535",
        "agent-gateway.presence-grace = soon       | presence-grace",
        "agent-gateway.presence-grace = 0 s        | greater than 0",
        "agent-gateway.max-frame = 9000 GiB        | 16 MiB",
        "agent-gateway.advertised = 'vpn.example'  | is a list",
        "agent-gateway.advertised = [vpn.example]  | host:port",
        "agent-gateway.host = 'not a host'         | has no address",
        "cluster.join = ['198.18.2.2']             | host:port",
        "cluster.join = ['dns:no name']            | dns:NAME",
        "cluster.join = ['dns:seeds.test:0']       | dns:NAME",
        "cluster { host = srv, join = ['dns:s.test'] } | must be an address",
        "cluster.host = '*'                        | other servers",
        "cluster.silence.pause = 999 ms            | use 1 s to 10 minutes",
        "cluster.silence.stable-after = 1 s        | use 2 s to 10 minutes",
        "cluster.silence.removal-margin = 0 s      | use 1 s to 10 minutes",
        "storage = paper                           | embedded",
        "embedded-storage.shared = perhaps         | BOOLEAN",
        "server-name = 'No Name'                   | not valid",
        "admin.session-lifetime = null             | session-lifetime",
      })
  void namesThePositionOfAWrongValue(String line, String reason) {
    String text = "\n\nculvert." + line.strip().replace('\'', '"') + "\n";

    assertThatThrownBy(() -> read(text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("server.conf: 3")
        .hasMessageContaining(reason.strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"culvert { admin", "culvert.server-name = ${nothing.there}"})
  void refusesWhatIsNotHoconWithItsPosition(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("server.conf: 1");
  }

  @Test
  void refusesAMissingFile() {
    assertThatThrownBy(() -> ServerSettings.readFile(directory.resolve("none.conf")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("none.conf");
  }

  private ServerSettings read(String text) throws IOException {
    Path file = directory.resolve("server.conf");
    Files.writeString(file, text);
    return ServerSettings.of(ServerSettings.readFile(file));
  }
}
