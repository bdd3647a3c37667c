package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    assertThat(settings.storage().path()).isEqualTo(settings.dataDirectory().resolve("db/culvert"));
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
    assertThat(settings.storage().shared()).isTrue();
    assertThat(settings.pekko().getString("pekko.loglevel")).isEqualTo("DEBUG");
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
        "cluster.host = '*'                        | other servers",
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
