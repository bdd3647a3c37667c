package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.bootstrap.ServerProcess.Administrator;
import io.culvert.server.storage.PostgreSqlServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two servers under load, and PostgreSQL with a synchronous standby:
 *
 * <pre>
 *   writers ==> server a ---+--- one   primary, killed
 *   writers ==> server b ---+--- two   its standby, promoted; hangs, and wakes as an old primary
 *                           +--- three the standby of two, promoted
 * </pre>
 */
class DatabaseFailoverIT {
  private static final String PASSWORD = "correct horse battery";

  /** From the fault to the first change that is acknowledged again, with the promotion. */
  private static final Duration LEFT = Duration.ofSeconds(10);

  private static final int ENOUGH = 30;

  private final CommandHistory history = new CommandHistory();

  @TempDir private Path directory;

  @Test
  void losesNothingAcknowledgedAndUsesNoOldPrimary() throws Exception {
    try (PostgreSqlServers databases = PostgreSqlServers.open()) {
      var one = databases.primary();
      var two = databases.standby(one);
      var three = databases.planned();
      one.together();
      Path config =
          Files.writeString(
              directory.resolve("server.conf"), databases.configuration(List.of(one, two, three)));
      try (ServerProcess a = server("a", config).awaitReady()) {
        a.shareKeysWith(directory.resolve("b"));
        try (ServerProcess b =
            server("b", config, "--join", "127.0.0.1:" + a.clusterPort).awaitReady()) {
          Administrator atA = a.administrator().login(a.firstPassword(), PASSWORD);
          atA.expect(201, "POST", "/api/v1/organizations", "{\"name\":\"acme\"}");
          Administrator atB = b.administrator().login(PASSWORD, "");
          try (NodeWriters writers =
              new NodeWriters(history, "acme", List.of(atA, atA, atB, atB))) {
            awaitMore(a);

            one.kill();
            long died = System.nanoTime();
            two.promoteOver(one);
            acknowledgesAgain(b, "the primary was killed", died);
            assertThat(history.unanswered()).isPositive();

            three.follow(two);
            two.together();
            awaitMore(b);

            two.pause();
            long hung = System.nanoTime();
            three.promoteBelieving();
            acknowledgesAgain(a, "the primary hung", hung);

            two.resume();
            awaitMore(a);
            awaitMore(b);
            assertThat(two.sql("postgres", "SELECT pg_is_in_recovery()")).isEqualTo("f");
            assertThat(a.ready()).contains("postgresql at " + three.address() + ", timeline 3");
            assertThat(b.ready()).contains("postgresql at " + three.address() + ", timeline 3");
            writers.stop();
          }
          assertThat(history.contradictions(nodes(atA))).isEmpty();

          // Not by a kill: of two servers, only one may go on alone, and it might be this one.
          b.terminate();
          b.awaitExit();
          b.launch();
          b.awaitReady();
          assertThat(b.ready()).contains(three.address());
          three.pause();
          b.await("refusing the old primary", () -> ready(b).contains("is an old primary"));
          a.await(
              "refusing the old primary",
              () -> ready(a).contains("timeline 2, the newest seen is 3"));
          assertThat(a.health("/ready")).isEqualTo(503);
          three.resume();
          b.await("ready again", () -> ready(b).startsWith("ready"));
          assertThat(history.contradictions(nodes(b.administrator().login(PASSWORD, ""))))
              .isEmpty();
        }
      }
    }
  }

  private ServerProcess server(String name, Path config, String... more) {
    List<String> options = new ArrayList<>(List.of("--name", name, "--config", config.toString()));
    options.addAll(List.of(more));
    return new ServerProcess(directory.resolve(name), options.toArray(String[]::new));
  }

  private void awaitMore(ServerProcess server) {
    int enough = history.acknowledged() + ENOUGH;
    server.await("acknowledging", () -> history.acknowledged() >= enough);
  }

  /** What was acknowledged a moment before the fault may be counted late: not the first few. */
  private void acknowledgesAgain(ServerProcess server, String fault, long sinceNanos) {
    int before = history.acknowledged() + 5;
    server.await("acknowledging again", () -> history.acknowledged() >= before);
    Duration gap = Duration.ofNanos(System.nanoTime() - sinceNanos);
    System.out.printf("%s: changes are acknowledged again after %d ms%n", fault, gap.toMillis());
    assertThat(gap).as(fault).isLessThan(LEFT);
    awaitMore(server);
  }

  private static String ready(ServerProcess server) {
    try {
      return server.ready();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Set<String> nodes(Administrator administrator) throws Exception {
    Set<String> names = new TreeSet<>();
    administrator
        .expect(200, "GET", "/api/v1/organizations/acme/nodes", "")
        .forEach(node -> names.add(node.asText().substring("acme/".length())));
    return names;
  }
}
