package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.server.bootstrap.ServerProcess.Administrator;
import io.culvert.server.storage.CassandraExtension;
import io.culvert.server.storage.CassandraNodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two servers under load over three Cassandra nodes, of which one dies, then all. */
@ExtendWith(CassandraExtension.class)
class CassandraAwayIT {
  private static final String PASSWORD = "correct horse battery";
  private static final String ORGANIZATIONS = "/api/v1/organizations";
  private static final String NODES = ORGANIZATIONS + "/acme/nodes";

  /** The last look may be half a second old, and an answer may take one and a half. */
  private static final Duration NOTICED = Duration.ofSeconds(4);

  private static final int ENOUGH = 30;

  private final CommandHistory history = new CommandHistory();

  @TempDir private Path directory;

  private CassandraNodes database;

  @BeforeEach
  void use(CassandraNodes nodes) {
    database = nodes;
  }

  @Test
  void losesNothingAcknowledgedWhenANodeIsKilled() throws Exception {
    Path config = Files.writeString(directory.resolve("server.conf"), database.configuration());
    try (ServerProcess a = server("a", config).awaitReady()) {
      a.shareKeysWith(directory.resolve("b"));
      try (ServerProcess b =
          server("b", config, "--join", "127.0.0.1:" + a.clusterPort).awaitReady()) {
        Administrator atA = a.administrator().login(a.firstPassword(), PASSWORD);
        atA.expect(201, "POST", ORGANIZATIONS, "{\"name\":\"acme\"}");
        Administrator atB = b.administrator().login(PASSWORD, "");
        try (NodeWriters writers = new NodeWriters(history, "acme", List.of(atA, atA, atB, atB))) {
          awaitMore(a);
          CassandraNodes.CassandraNode lost = database.nodes().getFirst();
          lost.kill();
          awaitMore(a);
          awaitMore(b);
          assertThat(a.health("/ready")).isEqualTo(200);
          a.await("seeing the loss", () -> ready(a).contains("cassandra, 2 of 3 nodes"));

          lost.start();
          a.await("seeing it again", () -> ready(a).contains("cassandra, 3 of 3 nodes"));
          awaitMore(a);
          // With the node that was away among the quorum: what it has missed must not be missed.
          database.nodes().getLast().kill();
          awaitMore(b);
          writers.stop();
        }
        assertThat(history.contradictions(nodes(atA))).isEmpty();
      }
      // Read from the database by a server that has seen none of it.
      a.kill();
      a.launch();
      a.awaitReady();
      assertThat(history.contradictions(nodes(a.administrator().login(PASSWORD, "")))).isEmpty();
    } finally {
      database.startAll();
    }
  }

  @Test
  void refusesChangesWhileAllAreAwayAndGoesOnWhenTheyAreBack() throws Exception {
    Path config = Files.writeString(directory.resolve("server.conf"), database.configuration());
    try (ServerProcess server = server("away", config).awaitReady()) {
      Administrator administrator = server.administrator().login(server.firstPassword(), PASSWORD);
      create(administrator, 201, "before");
      assertThat(server.ready()).contains("database: cassandra, 3 of 3 nodes");

      database.nodes().forEach(CassandraNodes.CassandraNode::pause);
      refuses(server, administrator, "no quorum answers in time");
      database.nodes().forEach(CassandraNodes.CassandraNode::resume);
      goesOn(server, administrator, "after-pause");

      database.nodes().forEach(CassandraNodes.CassandraNode::kill);
      refuses(server, administrator, "no node can be reached");
      database.startAll();
      goesOn(server, administrator, "after-death");

      assertThat(names(administrator, ORGANIZATIONS))
          .contains("before", "after-pause", "after-death");
    } finally {
      database.startAll();
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
    assertThat(server.ready()).contains("not ready", "database: away: ");
    assertThat(server.metrics()).contains("culvert_database_available 0.0");
  }

  private static void goesOn(ServerProcess server, Administrator administrator, String name)
      throws Exception {
    server.await("ready again", () -> ready(server).startsWith("ready"));
    server.await("taking changes", () -> created(administrator, name));
    assertThat(server.metrics()).contains("culvert_database_available 1.0");
  }

  private ServerProcess server(String name, Path config, String... more) {
    String[] options = new String[more.length + 4];
    System.arraycopy(
        new String[] {"--name", name, "--config", config.toString()}, 0, options, 0, 4);
    System.arraycopy(more, 0, options, 4, more.length);
    return new ServerProcess(directory.resolve(name), options);
  }

  private void awaitMore(ServerProcess server) {
    int enough = history.acknowledged() + ENOUGH;
    server.await("acknowledging", () -> history.acknowledged() >= enough);
  }

  private static String ready(ServerProcess server) {
    try {
      return server.ready();
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

  private static Set<String> nodes(Administrator administrator) throws Exception {
    Set<String> nodes = new TreeSet<>();
    names(administrator, NODES).forEach(node -> nodes.add(node.substring("acme/".length())));
    return nodes;
  }

  private static Set<String> names(Administrator administrator, String path) throws Exception {
    Set<String> names = new TreeSet<>();
    administrator.expect(200, "GET", path, "").forEach(name -> names.add(name.asText()));
    return names;
  }
}
