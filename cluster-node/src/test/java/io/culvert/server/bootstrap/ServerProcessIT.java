package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.bootstrap.ServerProcess.Administrator;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole servers as processes: start, stop, sudden death, and two of them joined. */
class ServerProcessIT {
  private static final String PASSWORD = "correct horse battery";
  private static final String ORGANIZATIONS = "/api/v1/organizations";
  private static final int SIGTERM_STATUS = 143;

  @TempDir private Path directory;

  @Test
  void losesNothingAcknowledgedWhenItIsKilled() throws Exception {
    try (ServerProcess server = new ServerProcess(directory.resolve("data"), "--name", "srv")) {
      server.awaitReady();
      Administrator administrator = server.administrator().login(server.firstPassword(), PASSWORD);
      List<String> acknowledged = new CopyOnWriteArrayList<>();
      for (int round = 0; round < 2; round++) {
        int enough = acknowledged.size() + 20;
        Administrator writer = administrator;
        String prefix = "org%d-".formatted(round);
        CompletableFuture<Void> writing =
            CompletableFuture.runAsync(() -> writeUntilItDies(writer, prefix, acknowledged));
        server.await("written", () -> acknowledged.size() >= enough);
        server.kill();
        writing.get(ServerProcess.LIMIT.toSeconds(), TimeUnit.SECONDS);

        server.launch();
        server.awaitReady();

        assertThat(server.text()).doesNotContain("one-time password");
        administrator = server.administrator().login(PASSWORD, "");
        assertThat(organizations(administrator)).containsAll(acknowledged);
      }
      assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(40);
    }
  }

  private static void writeUntilItDies(
      Administrator administrator, String prefix, List<String> acknowledged) {
    try {
      for (int i = 0; ; i++) {
        String name = prefix + i;
        administrator.expect(201, "POST", ORGANIZATIONS, "{\"name\":\"%s\"}".formatted(name));
        acknowledged.add(name);
      }
    } catch (HttpTimeoutException hanging) {
      throw new AssertionError(hanging);
    } catch (IOException killed) {
      // What the test waits for.
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void saysWhereItListensAndStopsAtSigterm() throws Exception {
    try (ServerProcess server = new ServerProcess(directory.resolve("data"), "--name", "srv")) {
      server.awaitReady();

      assertThat(server.text())
          .contains("agents: port %d (TLS 1.3)".formatted(server.agentPort))
          .contains("administrators: https://127.0.0.1:" + server.adminPort)
          .containsPattern("fingerprint [0-9a-f]{64}")
          .contains(
              "culvert admin login --server https://127.0.0.1:%d --ca %s --user admin"
                  .formatted(server.adminPort, server.data.resolve("ca.pem")))
          .containsPattern("server srv, started in [0-9.]+ s: ready\\n$");
      assertThat(server.health("/live")).isEqualTo(200);
      assertThat(server.health("/ready")).isEqualTo(200);
      assertThat(server.health("/metrics")).isEqualTo(200);
      Administrator administrator = server.administrator().login(server.firstPassword(), PASSWORD);
      administrator.expect(201, "POST", ORGANIZATIONS, "{\"name\":\"acme\"}");

      server.terminate();

      assertThat(server.awaitExit()).isEqualTo(SIGTERM_STATUS);
      assertThat(server.text()).doesNotContain("Exception");
      server.launch();
      server.awaitReady();
      assertThat(organizations(server.administrator().login(PASSWORD, ""))).contains("acme");
    }
  }

  @Test
  void leavesADataDirectoryToItsFirstServer() throws Exception {
    try (ServerProcess first = new ServerProcess(directory.resolve("data")).awaitReady();
        ServerProcess second = new ServerProcess(first.data)) {
      assertThat(second.awaitExit()).isEqualTo(2);
      assertThat(second.text())
          .startsWith("culvert server: another server uses the data directory " + first.data)
          .hasLineCount(1);
      assertThat(first.health("/ready")).isEqualTo(200);
      for (String option : List.of("--agent-port", "--admin-port", "--cluster-port")) {
        refusesATakenPort(option, first);
      }
    }
  }

  private void refusesATakenPort(String option, ServerProcess first) throws Exception {
    int taken =
        switch (option) {
          case "--agent-port" -> first.agentPort;
          case "--admin-port" -> first.adminPort;
          default -> first.clusterPort;
        };
    try (ServerProcess server =
        new ServerProcess(directory.resolve("other" + option), option, String.valueOf(taken))) {
      assertThat(server.awaitExit()).as(option).isNotZero();
      assertThat(server.text())
          .contains("culvert server: cannot ")
          .contains(String.valueOf(taken))
          .contains("choose another one with --agent-port")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void joinsAnotherServerByHand() throws Exception {
    Path dataA = directory.resolve("a");
    Path config =
        Files.writeString(
            directory.resolve("shared.conf"),
            "culvert.embedded-storage { path = \"%s\", shared = true }%n"
                .formatted(directory.resolve("db").resolve("culvert")));
    try (ServerProcess a =
        new ServerProcess(dataA, "--name", "a", "--config", config.toString()).awaitReady()) {
      a.shareKeysWith(directory.resolve("b"));
      try (ServerProcess b =
          new ServerProcess(
                  directory.resolve("b"),
                  "--name",
                  "b",
                  "--config",
                  config.toString(),
                  "--join",
                  "127.0.0.1:" + a.clusterPort)
              .awaitReady()) {
        Administrator atA = a.administrator().login(a.firstPassword(), PASSWORD);
        atA.expect(201, "POST", ORGANIZATIONS, "{\"name\":\"acme\"}");
        Administrator atB = b.administrator().login(PASSWORD, "");

        assertThat(b.text()).doesNotContain("one-time password");
        assertThat(organizations(atB)).containsExactly("acme");
        assertThat(atB.expect(200, "GET", "/api/v1/servers", "")).hasSize(2);

        atB.expect(202, "POST", "/api/v1/servers/a/drain", "");
        assertThat(a.awaitExit()).isZero();

        b.await("serving alone", () -> created(atB, "later"));
        assertThat(organizations(atB)).containsExactly("acme", "later");
      }
    }
  }

  @Test
  void saysWhyItMayNotJoin() throws Exception {
    try (ServerProcess a = new ServerProcess(directory.resolve("a")).awaitReady()) {
      String seed = "127.0.0.1:" + a.clusterPort;
      try (ServerProcess stranger =
          new ServerProcess(directory.resolve("stranger"), "--join", seed)) {
        assertThat(stranger.awaitExit()).isEqualTo(2);
        assertThat(stranger.text())
            .contains("the server at " + seed + " belongs to another cluster")
            .doesNotContain("\tat ");
      }
      a.shareKeysWith(directory.resolve("other"));
      Path config =
          Files.writeString(directory.resolve("other.conf"), "culvert.cluster.name = other");
      try (ServerProcess other =
          new ServerProcess(
              directory.resolve("other"), "--config", config.toString(), "--join", seed)) {
        assertThat(other.awaitExit()).isEqualTo(2);
        assertThat(other.text())
            .contains("the cluster at " + seed + " refused this server (cluster 'other'")
            .doesNotContain("\tat ");
        assertThat(a.text()).contains("the cluster 'other' and the cluster 'culvert' are not one");
      }
    }
  }

  /** Creating again what exists changes nothing, so this may be repeated. */
  private static boolean created(Administrator administrator, String name) {
    try {
      return administrator.status("POST", ORGANIZATIONS, "{\"name\":\"%s\"}".formatted(name))
          == 201;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> organizations(Administrator administrator) throws Exception {
    List<String> names = new ArrayList<>();
    administrator
        .expect(200, "GET", ORGANIZATIONS, "")
        .forEach(
            entry -> names.add(entry.isTextual() ? entry.asText() : entry.path("name").asText()));
    return names;
  }
}
