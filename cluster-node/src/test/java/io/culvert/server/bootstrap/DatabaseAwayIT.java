package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.server.bootstrap.ServerProcess.Administrator;
import io.culvert.server.storage.PostgreSqlServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose PostgreSQL hangs, dies and comes back, without a standby. */
class DatabaseAwayIT {
  private static final String PASSWORD = "correct horse battery";
  private static final String ORGANIZATIONS = "/api/v1/organizations";

  /** The last look may be half a second old, and an answer may take one and a half. */
  private static final Duration NOTICED = Duration.ofSeconds(4);

  @TempDir private Path directory;

  @Test
  void saysSoRefusesChangesGoesOnWhenItIsBackAndCanBeDrainedMeanwhile() throws Exception {
    try (PostgreSqlServers databases = PostgreSqlServers.open()) {
      PostgreSqlServers.Host database = databases.primary();
      Path config =
          Files.writeString(
              directory.resolve("server.conf"), databases.configuration(List.of(database)));
      try (ServerProcess server =
          new ServerProcess(directory.resolve("data"), "--config", config.toString(), "--name", "a")
              .awaitReady()) {
        Administrator administrator =
            server.administrator().login(server.firstPassword(), PASSWORD);
        create(administrator, 201, "before");
        assertThat(server.ready())
            .contains("database: postgresql at " + database.address() + ", timeline 1");

        database.pause();
        refuses(server, administrator, "does not answer");
        database.resume();
        goesOn(server, administrator, "after-pause");

        database.kill();
        refuses(server, administrator, "Connection refused");
        database.start();
        goesOn(server, administrator, "after-death");

        assertThat(names(administrator)).contains("before", "after-pause", "after-death");

        database.pause();
        refuses(server, administrator, "does not answer");
        administrator.expect(202, "POST", "/api/v1/servers/a/drain?force=true", "");
        assertThat(server.awaitExit()).as("status of a server that was drained").isZero();
        database.resume();
      }
    }
  }

  /** The first refusal comes in time though nobody knows yet; later ones come at once. */
  private static void refuses(ServerProcess server, Administrator administrator, String reason)
      throws Exception {
    long begun = System.nanoTime();
    JsonNode first = create(administrator, 503, "meanwhile");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(NOTICED);
    assertThat(first.path("code").asText()).isEqualTo("database-away");
    assertThat(first.path("detail").asText()).contains("the database is away");

    long again = System.nanoTime();
    create(administrator, 503, "meanwhile");
    assertThat(Duration.ofNanos(System.nanoTime() - again)).isLessThan(Duration.ofSeconds(1));
    assertThat(server.health("/live")).isEqualTo(200);
    assertThat(server.health("/ready")).isEqualTo(503);
    server.await(reason, () -> ready(server).contains(reason));
    assertThat(server.ready()).contains("not ready", "database: away: no primary");
    assertThat(server.metrics()).contains("culvert_database_available 0.0");
  }

  private static void goesOn(ServerProcess server, Administrator administrator, String name)
      throws Exception {
    server.await("ready again", () -> status(server) == 200);
    server.await("taking changes", () -> created(administrator, name));
    assertThat(server.metrics()).contains("culvert_database_available 1.0");
  }

  private static String ready(ServerProcess server) {
    try {
      return server.ready();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static int status(ServerProcess server) {
    try {
      return server.health("/ready");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode create(Administrator administrator, int status, String name)
      throws Exception {
    return administrator.expect(status, "POST", ORGANIZATIONS, "{\"name\":\"%s\"}".formatted(name));
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

  private static List<String> names(Administrator administrator) throws Exception {
    List<String> names = new ArrayList<>();
    administrator.expect(200, "GET", ORGANIZATIONS, "").forEach(name -> names.add(name.asText()));
    return names;
  }
}
