package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.server.bootstrap.ServerProcess.Administrator;
import io.culvert.server.storage.CassandraExtension;
import io.culvert.server.storage.CassandraNodes;
import io.culvert.server.storage.PostgreSqlServers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A server outgrows its embedded database: to PostgreSQL, and from there to Cassandra. */
@ExtendWith(CassandraExtension.class)
class BackupIT {
  private static final String PASSWORD = "correct horse battery";

  /** The JVM's exit status after SIGTERM. */
  private static final int TERMINATED = 143;

  private static final String ACME = "/api/v1/organizations/acme";

  private final StringWriter said = new StringWriter();

  @TempDir private Path directory;

  @Test
  void movesFromTheEmbeddedDatabaseToPostgreSqlAndToCassandra(CassandraNodes cassandra)
      throws Exception {
    Path embedded = directory.resolve("embedded");
    List<JsonNode> before;
    try (ServerProcess server = new ServerProcess(embedded).awaitReady()) {
      Administrator administrator = server.administrator().login(server.firstPassword(), PASSWORD);
      fill(administrator);
      before = read(administrator);
      server.terminate();
      assertThat(server.awaitExit()).isEqualTo(TERMINATED);
    }
    Path first = directory.resolve("first.backup");
    assertThat(run("backup", "--data", embedded.toString(), first.toString())).isZero();
    assertThat(said.toString()).contains("not in it: the cluster's keys");

    try (PostgreSqlServers databases = PostgreSqlServers.open()) {
      Path config = write("postgresql", databases.configuration(List.of(databases.primary())));
      Path data = dataWithKeysOf(embedded, "postgresql");
      assertThat(restore(config, data, first)).isZero();
      assertThat(restore(config, data, first)).isEqualTo(1);
      assertThat(said.toString()).contains("the database is not empty");
      serves(config, data, before);

      Path second = directory.resolve("second.backup");
      assertThat(backup(config, data, second)).isZero();
      Path other = write("cassandra", cassandra.configuration());
      Path otherData = dataWithKeysOf(embedded, "cassandra");
      assertThat(restore(other, otherData, second)).isZero();
      assertThat(restore(other, otherData, second)).isEqualTo(1);
      serves(other, otherData, before);

      Path third = directory.resolve("third.backup");
      assertThat(backup(other, otherData, third)).isZero();
      Path back = directory.resolve("back");
      Files.createDirectories(back);
      assertThat(run("restore", "--data", back.toString(), third.toString())).isZero();
    }
  }

  private static void fill(Administrator administrator) throws Exception {
    administrator.expect(201, "POST", "/api/v1/organizations", "{\"name\":\"acme\"}");
    for (String name : List.of("office", "lab")) {
      administrator.expect(201, "POST", ACME + "/vpns", "{\"name\":\"%s\"}".formatted(name));
    }
    for (int i = 0; i < 5; i++) {
      administrator.expect(201, "POST", ACME + "/nodes", "{\"name\":\"node%d\"}".formatted(i));
      administrator.expect(200, "PUT", ACME + "/vpns/office/members/node%d".formatted(i), "{}");
    }
  }

  private static List<JsonNode> read(Administrator administrator) throws Exception {
    List<JsonNode> all = new ArrayList<>();
    for (String path :
        List.of(
            "/api/v1/organizations",
            ACME + "/nodes",
            ACME + "/nodes/node3",
            ACME + "/vpns",
            ACME + "/vpns/office",
            ACME + "/vpns/office/members")) {
      all.add(administrator.expect(200, "GET", path, ""));
    }
    return all;
  }

  private void serves(Path config, Path data, List<JsonNode> before) throws Exception {
    try (ServerProcess server =
        new ServerProcess(data, "--config", config.toString()).awaitReady()) {
      assertThat(server.text()).doesNotContain("one-time password");
      Administrator administrator = server.administrator().login(PASSWORD, "");
      assertThat(read(administrator)).isEqualTo(before);
      server.terminate();
      assertThat(server.awaitExit()).isEqualTo(TERMINATED);
    }
  }

  private Path write(String name, String configuration) throws IOException {
    return Files.writeString(directory.resolve(name + ".conf"), configuration);
  }

  private Path dataWithKeysOf(Path old, String name) throws IOException {
    Path keys = Files.createDirectories(directory.resolve(name).resolve("keys"));
    for (String file : List.of("ca.pem", "ca-key.pem", "master.key")) {
      Files.copy(old.resolve("keys").resolve(file), keys.resolve(file));
    }
    return directory.resolve(name);
  }

  private int backup(Path config, Path data, Path file) {
    return run("backup", "--config", config.toString(), "--data", data.toString(), file.toString());
  }

  private int restore(Path config, Path data, Path file) {
    return run(
        "restore", "--config", config.toString(), "--data", data.toString(), file.toString());
  }

  private int run(String... arguments) {
    PrintWriter out = new PrintWriter(said, true);
    CommandLine line = ServerCommand.commandLine().setOut(out).setErr(out);
    return line.execute(arguments);
  }
}
