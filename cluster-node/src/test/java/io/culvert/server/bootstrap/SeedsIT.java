package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.server.LoopbackPorts;
import io.culvert.server.bootstrap.ServerProcess.Administrator;
import io.culvert.server.dns.Bind;
import io.culvert.server.pki.ClusterKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server processes that start at the same moment, with the same seeds: one cluster, never two. */
class SeedsIT {
  private static final String PASSWORD = "correct horse battery";

  @TempDir private Path directory;

  /** The first server of each round is at the lower address: the one that may found. */
  private static final List<String> HOSTS = List.of("127.0.0.1", "127.0.0.2");

  private int port;

  @BeforeEach
  void choosePort() {
    port = LoopbackPorts.free();
  }

  @Test
  void foundOneClusterFromAStaticListInEitherOrderOfStarting() throws Exception {
    String seeds = "[\"127.0.0.1:%d\", \"127.0.0.2:%d\"]".formatted(port, port);
    formOneCluster("static-1", seeds, List.of(0, 1), List.of());
    formOneCluster("static-2", seeds, List.of(1, 0), List.of());
  }

  @Test
  void foundOneClusterFromANameInEitherOrderOfStarting() throws Exception {
    try (Bind bind = new Bind(directory.resolve("bind"))) {
      // The higher address first: the order of the records must not matter.
      bind.list("127.0.0.2", "127.0.0.1");
      String seeds = "[\"dns:vpn.example.test:%d\"]".formatted(port);
      List<String> resolver = List.of("-Ddns.server=127.0.0.1:" + bind.port());
      formOneCluster("name-1", seeds, List.of(0, 1), resolver);
      formOneCluster("name-2", seeds, List.of(1, 0), resolver);
    }
  }

  @Test
  void oneThatMayNotFoundWaitsForTheFirst() throws Exception {
    String seeds = "[\"127.0.0.1:%d\", \"127.0.0.2:%d\"]".formatted(port, port);
    try (ServerProcess second = server("wait", 1, seeds, List.of())) {
      second.await("waiting", () -> second.text().contains("joins the cluster of 127.0.0.1:"));
      try (ServerProcess first = server("wait", 0, seeds, List.of())) {
        first.awaitReady();
        second.awaitReady();
        assertAllInOneCluster("wait", List.of(first, second));
      }
    }
  }

  @Test
  void saysThatANameHasNoAddress() throws Exception {
    try (Bind bind = new Bind(directory.resolve("bind"));
        ServerProcess server =
            server(
                "none",
                0,
                "[\"dns:nobody.example.test:%d\"]".formatted(port),
                List.of("-Ddns.server=127.0.0.1:" + bind.port()))) {
      assertThat(server.awaitExit()).isEqualTo(2);
      assertThat(server.text())
          .contains("the name of the seeds nobody.example.test has no address")
          .doesNotContain("\tat ");
    }
  }

  private void formOneCluster(String round, String seeds, List<Integer> order, List<String> jvm)
      throws Exception {
    List<ServerProcess> servers = new ArrayList<>();
    try {
      for (int index : order) {
        servers.add(server(round, index, seeds, jvm));
      }
      servers.forEach(ServerProcess::awaitReady);
      assertAllInOneCluster(round, servers);
    } finally {
      servers.forEach(ServerProcess::close);
    }
  }

  private ServerProcess server(String round, int index, String seeds, List<String> jvm)
      throws IOException {
    Path home = Files.createDirectories(directory.resolve(round));
    Path data = home.resolve("data" + index);
    copyKeys(data);
    Path config =
        Files.writeString(
            home.resolve("server%d.conf".formatted(index)),
            """
            culvert {
              cluster { host = "%s", join = %s }
              embedded-storage { path = "%s", shared = true }
            }
            """
                .formatted(HOSTS.get(index), seeds, home.resolve("db").resolve("culvert")));
    return new ServerProcess(
        data,
        jvm,
        "--name",
        "server" + index,
        "--cluster-port",
        String.valueOf(port),
        "--config",
        config.toString());
  }

  /** Both servers have them before either starts. */
  private void copyKeys(Path data) throws IOException {
    Path made = directory.resolve("made");
    if (!Files.exists(made)) {
      ClusterKeys.open(
          made, "maker", List.of("localhost"), new SecureRandom(), InstantSource.system());
    }
    Path keys = Files.createDirectories(data.resolve("keys"));
    for (String file : List.of("ca.pem", "ca-key.pem", "master.key")) {
      Files.copy(made.resolve(file), keys.resolve(file));
    }
  }

  /** Over one database, a second cluster would be a second list of members. */
  private static void assertAllInOneCluster(String round, List<ServerProcess> servers)
      throws Exception {
    ServerProcess first =
        servers.stream()
            .filter(server -> server.text().contains("one-time password"))
            .findFirst()
            .orElseThrow();
    assertThat(members(first.administrator().login(first.firstPassword(), PASSWORD)))
        .as("%s: %s", round, first.text())
        .containsExactlyInAnyOrder("server0", "server1");
    for (ServerProcess server : servers) {
      assertThat(members(server.administrator().login(PASSWORD, "")))
          .as("%s: %s", round, server.text())
          .containsExactlyInAnyOrder("server0", "server1");
    }
  }

  private static Set<String> members(Administrator administrator) throws Exception {
    Set<String> names = new HashSet<>();
    for (JsonNode member : administrator.expect(200, "GET", "/api/v1/servers", "")) {
      names.add(member.path("name").asText());
    }
    return names;
  }
}
