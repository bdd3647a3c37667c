package io.culvert.acceptance.cluster;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Cassandra nodes, up to three, at 127.0.0.1 to 127.0.0.3, each with all data, with the superuser
 * that every new cluster has: for measurements in which no node dies.
 */
public final class OwnCassandra implements ClusterStorage {
  private static final Duration LIMIT = Duration.ofMinutes(6);
  private static final String CLASS_PATH =
      "ops/databases/cassandra-for-tests/target/cassandra.classpath";
  private static final String HAS_SUPERUSER = "Created default superuser role";

  /** A third of the ring each. */
  private static final List<String> TOKENS =
      List.of("-9223372036854775808", "-3074457345618258603", "3074457345618258602");

  private final Path script;
  private final String classPath;
  private final Path directory;
  private final Path password;
  private final int port = LoopbackPorts.free();
  private final int storagePort = LoopbackPorts.free();

  private final int nodes;

  private OwnCassandra(CulvertHome home, int nodes) throws IOException {
    this.nodes = nodes;
    script = home.directory().resolve("ops/databases/cassandra");
    classPath = classPath(home);
    directory = Files.createTempDirectory("culvert-cassandra");
    password = Files.writeString(directory.resolve("password"), "cassandra\n");
  }

  /** What the tests' build has found, unless the environment names another Cassandra. */
  private static String classPath(CulvertHome home) throws IOException {
    Path found = home.directory().resolve(CLASS_PATH);
    if (System.getenv("CASSANDRA_HOME") != null || System.getenv("CASSANDRA_CLASSPATH") != null) {
      return "";
    }
    if (!Files.exists(found)) {
      throw new LabException(
          "no Cassandra: set CASSANDRA_HOME, or run mvn -f ops/databases/cassandra-for-tests compile");
    }
    return Files.readString(found).strip();
  }

  /**
   * Makes and starts them, all at once.
   *
   * @param nodes how many, 1 or 3
   * @throws LabException if Cassandra or a Java 17 is missing, or they do not start
   */
  public static OwnCassandra start(CulvertHome home, int nodes) {
    OwnCassandra database;
    try {
      database = new OwnCassandra(home, nodes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      database.makeNodes();
      database.startNodes();
      return database;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private void makeNodes() {
    String seeds =
        numbers()
            .mapToObj(i -> "127.0.0.%d:%d".formatted(i, storagePort))
            .collect(Collectors.joining(","));
    numbers()
        .forEach(
            i ->
                ops(
                    Map.of(
                        "PORT", String.valueOf(port),
                        "STORAGE_PORT", String.valueOf(storagePort),
                        "RACK", "rack" + i,
                        "TOKEN", TOKENS.get(i - 1),
                        "HEAP", "512m"),
                    "node",
                    node(i).toString(),
                    "127.0.0." + i,
                    seeds));
  }

  private void startNodes() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> starting = new ArrayList<>();
      numbers()
          .forEach(
              i -> starting.add(threads.submit(() -> ops(Map.of(), "start", node(i).toString()))));
      for (Future<?> started : starting) {
        started.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    } catch (ExecutionException e) {
      throw new LabException("Cassandra has not started: " + e.getMessage(), e);
    }
    Await.until("Cassandra's superuser", LIMIT, () -> numbers().anyMatch(this::hasSuperuser));
  }

  private boolean hasSuperuser(int node) {
    try {
      return Files.readString(node(node).resolve("cassandra.log")).contains(HAS_SUPERUSER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private IntStream numbers() {
    return IntStream.rangeClosed(1, nodes);
  }

  private Path node(int number) {
    return directory.resolve("node" + number);
  }

  private void ops(Map<String, String> environment, String... arguments) {
    Map<String, String> all = new HashMap<>(environment);
    if (!classPath.isEmpty()) {
      all.put("CASSANDRA_CLASSPATH", classPath);
    }
    // All are new: nothing has to be waited for.
    all.put(
        "CASSANDRA_OPTS",
        "-Dcassandra.skip_wait_for_gossip_to_settle=0 -Dcassandra.ring_delay_ms=2000");
    List<String> line = new ArrayList<>(List.of(script.toString()));
    line.addAll(List.of(arguments));
    Programs.run(line, all, null, LIMIT).orFail();
  }

  @Override
  public String settings() {
    return """
        culvert.storage = cassandra
        culvert.cassandra-storage {
          contact-points = [%s], user = cassandra, password-file = "%s", tls.mode = disable
          replication-factor = %d
        }
        """
        .formatted(
            numbers()
                .mapToObj(i -> "\"127.0.0.%d:%d\"".formatted(i, port))
                .collect(Collectors.joining(", ")),
            password,
            nodes);
  }

  @Override
  public void close() {
    numbers()
        .filter(i -> Files.exists(node(i).resolve("cassandra.pid")))
        .forEach(i -> ops(Map.of(), "kill", node(i).toString()));
    Artefacts.delete(directory);
  }
}
