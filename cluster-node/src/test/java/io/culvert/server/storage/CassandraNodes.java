package io.culvert.server.storage;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.culvert.server.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Three real Cassandra nodes at 127.0.0.1, 127.0.0.2 and 127.0.0.3, made by {@code
 * ops/databases/cassandra}: with passwords, and TLS for clients.
 */
public final class CassandraNodes implements AutoCloseable {
  private static final int NODES = 3;
  private static final String PASSWORD = "it's a 'secret'";
  private static final String STORE_PASSWORD = "changeit";
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String SCRIPT = "../ops/databases/cassandra";
  private static final Path CLASS_PATH =
      Path.of("../ops/databases/cassandra-for-tests/target/cassandra.classpath");

  /** A third of the ring each. */
  private static final List<String> TOKENS =
      List.of("-9223372036854775808", "-3074457345618258603", "3074457345618258602");

  private final AtomicInteger keyspaces = new AtomicInteger();
  private final int port = LoopbackPorts.free();
  private final int storagePort = LoopbackPorts.free();
  private final List<CassandraNode> nodes = new ArrayList<>();
  private final Path home;
  private final Path authority;
  private final Path passwordFile;

  private CassandraNodes(Path home) throws IOException {
    this.home = home;
    authority = home.resolve("ca.pem");
    passwordFile = Files.writeString(home.resolve("password"), PASSWORD + "\n");
  }

  /** Starts all three at once; the role {@code culvert} may make keyspaces. */
  static CassandraNodes start() throws Exception {
    CassandraNodes nodes = new CassandraNodes(Files.createTempDirectory("culvert-cassandra"));
    try {
      nodes.makeCertificate();
      nodes.makeNodes();
      nodes.startAll();
      nodes.makeRole();
      return nodes;
    } catch (Exception | AssertionError e) {
      nodes.close();
      throw e;
    }
  }

  /** One node. */
  public final class CassandraNode {
    private final Path directory;
    private final String address;

    private CassandraNode(int number) {
      directory = home.resolve("node" + number);
      address = "127.0.0." + number;
    }

    /** {@code 127.0.0.n:port}. */
    public String address() {
      return address + ":" + port;
    }

    /** Returns when it takes clients. */
    public void start() {
      run(Map.of(), SCRIPT, "start", directory.toString());
    }

    /** SIGKILL, as if the computer lost its power. */
    public void kill() {
      process()
          .ifPresent(
              process -> {
                process.destroyForcibly();
                process.onExit().join();
              });
    }

    /** SIGSTOP: it hangs, and its sockets stay open. */
    public void pause() {
      signal("STOP");
    }

    /** Ends a pause. */
    public void resume() {
      signal("CONT");
    }

    private void signal(String name) {
      run(Map.of(), "kill", "-" + name, String.valueOf(process().orElseThrow().pid()));
    }

    private Optional<ProcessHandle> process() {
      try {
        Path pid = directory.resolve("cassandra.pid");
        return Files.exists(pid)
            ? ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
            : Optional.empty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** In the order of their addresses. */
  public List<CassandraNode> nodes() {
    return List.copyOf(nodes);
  }

  /** Starts those that do not run, all at once. */
  public void startAll() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> starting = new ArrayList<>();
      for (CassandraNode node : nodes) {
        if (node.process().isEmpty()) {
          starting.add(threads.submit(node::start));
        }
      }
      for (Future<?> started : starting) {
        started.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  /** Settings over a keyspace that is not there yet. */
  StorageSettings.Cassandra fresh() {
    return settings("fresh" + keyspaces.incrementAndGet(), "culvert", passwordFile);
  }

  private StorageSettings.Cassandra settings(String keyspace, String user, Path password) {
    return new StorageSettings.Cassandra(
        nodes.stream().map(CassandraNode::address).toList(),
        "datacenter1",
        keyspace,
        NODES,
        user,
        Optional.of(password),
        new StorageSettings.Tls(StorageSettings.Tls.Mode.VERIFY_FULL, Optional.of(authority)));
  }

  /** A keyspace of its own as an operator writes it. */
  public String configuration() {
    return """
        culvert {
          storage = cassandra
          cassandra-storage {
            contact-points = [%s], keyspace = fresh%d
            password-file = "%s", tls.ca-file = "%s"
          }
        }
        """
        .formatted(
            String.join(", ", nodes.stream().map(node -> '"' + node.address() + '"').toList()),
            keyspaces.incrementAndGet(),
            passwordFile,
            authority);
  }

  /** Runs a statement as the role that the servers have. */
  void cql(StorageSettings.Cassandra settings, String statement) {
    try (CqlSession session = new CassandraAccess(settings).connect()) {
      session.execute(statement);
    }
  }

  private void makeCertificate() throws IOException {
    Path tls = Files.createDirectory(home.resolve("tls"));
    Files.writeString(tls.resolve("server.password"), STORE_PASSWORD + "\n");
    String store = tls.resolve("server.p12").toString();
    String names =
        "SAN="
            + String.join(
                ",", IntStream.rangeClosed(1, NODES).mapToObj(i -> "IP:127.0.0." + i).toList());
    keytool(store, "-genkeypair", "-keyalg", "EC", "-dname", "CN=database", "-ext", names);
    keytool(store, "-exportcert", "-rfc", "-file", authority.toString());
  }

  private void keytool(String store, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", "node", "-keystore", store, "-storepass", STORE_PASSWORD));
    run(Map.of(), command.toArray(String[]::new));
  }

  private void makeNodes() {
    String seeds =
        String.join(
            ",",
            IntStream.rangeClosed(1, NODES)
                .mapToObj(i -> "127.0.0.%d:%d".formatted(i, storagePort))
                .toList());
    for (int i = 1; i <= NODES; i++) {
      CassandraNode node = new CassandraNode(i);
      run(
          Map.of(
              "PORT", String.valueOf(port),
              "STORAGE_PORT", String.valueOf(storagePort),
              "RACK", "rack" + i,
              "TOKEN", TOKENS.get(i - 1),
              "HEAP", "512m",
              "TLS", home.resolve("tls").toString()),
          SCRIPT,
          "node",
          node.directory.toString(),
          node.address,
          seeds);
      nodes.add(node);
    }
  }

  /** As docs/databases.md says. */
  private void makeRole() throws IOException {
    Path superuser = Files.writeString(home.resolve("superuser"), "cassandra\n");
    StorageSettings.Cassandra settings = settings("system_auth", "cassandra", superuser);
    try (CqlSession session = superuserSession(settings)) {
      awaitAll(session);
      for (String statement :
          List.of(
              "ALTER KEYSPACE system_auth WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}",
              "CREATE ROLE IF NOT EXISTS culvert WITH LOGIN = true AND PASSWORD = '%s'"
                  .formatted(PASSWORD.replace("'", "''")),
              "GRANT CREATE ON ALL KEYSPACES TO culvert")) {
        send(session, statement);
      }
    }
  }

  /**
   * Nodes that have just started may be too busy for the driver's heartbeats, and one that was
   * asked before the role was made remembers for two seconds that it may nothing (roles_validity).
   */
  private static void send(CqlSession session, String statement) {
    SimpleStatement repeatable =
        SimpleStatement.newInstance(statement)
            .setExecutionProfileName(CassandraAccess.SCHEMA_PROFILE)
            .setIdempotent(true);
    long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        session.execute(repeatable);
        return;
      } catch (AllNodesFailedException | UnauthorizedException e) {
        if (System.nanoTime() > deadlineNanos) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    }
  }

  /** The role is made by the first node some moments after it takes clients. */
  private static CqlSession superuserSession(StorageSettings.Cassandra settings) {
    long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        return new CassandraAccess(settings).connect();
      } catch (StorageException e) {
        if (System.nanoTime() > deadlineNanos) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    }
  }

  private static void awaitAll(CqlSession session) {
    long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
    while (session.getMetadata().getNodes().values().stream()
            .map(Node::getState)
            .filter(NodeState.UP::equals)
            .count()
        < NODES) {
      if (System.nanoTime() > deadlineNanos) {
        throw new AssertionError("not all nodes: " + session.getMetadata().getNodes());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private String run(Map<String, String> environment, String... command) {
    try {
      Path output = Files.createTempFile("culvert-cassandra", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      Map<String, String> all = new HashMap<>(environment);
      all.put("CASSANDRA_CLASSPATH", Files.readString(CLASS_PATH).strip());
      // All are new, or know each other: nothing has to be waited for.
      all.put(
          "CASSANDRA_OPTS",
          "-Dcassandra.skip_wait_for_gossip_to_settle=0 -Dcassandra.ring_delay_ms=2000 -XX:TieredStopAtLevel=1");
      builder.environment().putAll(all);
      int status = builder.start().waitFor();
      String said = Files.readString(output, StandardCharsets.UTF_8);
      Files.delete(output);
      if (status != 0) {
        throw new AssertionError("%s: %d %s%s".formatted(List.of(command), status, said, logs()));
      }
      return said.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private String logs() throws IOException {
    StringBuilder logs = new StringBuilder();
    for (CassandraNode node : nodes) {
      Path log = node.directory.resolve("cassandra.log");
      if (Files.exists(log)) {
        List<String> lines = Files.readAllLines(log);
        logs.append('\n').append(log).append(":\n");
        lines
            .subList(Math.max(0, lines.size() - 40), lines.size())
            .forEach(line -> logs.append(line).append('\n'));
      }
    }
    return logs.toString();
  }

  @Override
  public void close() throws IOException {
    nodes.forEach(CassandraNode::kill);
    try (Stream<Path> all = Files.walk(home)) {
      for (Path path : all.toList().reversed()) {
        Files.delete(path);
      }
    }
  }
}
