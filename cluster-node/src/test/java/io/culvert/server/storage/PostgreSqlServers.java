package io.culvert.server.storage;

import io.culvert.server.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Real PostgreSQL servers at free ports of 127.0.0.1, made by {@code ops/databases/postgresql} in a
 * directory that belongs to the user postgres; PostgreSQL does not run as root.
 */
public final class PostgreSqlServers implements AutoCloseable {
  private static final String PASSWORD = "it's \\ a 'secret'";

  private final AtomicInteger databases = new AtomicInteger();
  private final List<Host> hosts = new ArrayList<>();
  private final Path home;
  private final Path script;
  private final Path passwordFile;
  private final Map<String, String> environment = new HashMap<>();

  private PostgreSqlServers(Path home) throws IOException {
    this.home = home;
    script =
        Files.copy(
            Path.of("../ops/databases/postgresql"),
            home.resolve("postgresql"),
            StandardCopyOption.COPY_ATTRIBUTES);
    passwordFile = Files.writeString(home.resolve("password"), PASSWORD + "\n");
    environment.put("PASSWORD_FILE", passwordFile.toString());
  }

  /**
   * No server yet; those to come take only connections with TLS.
   *
   * @param certificate PEM
   * @param key its private key, PEM
   */
  static PostgreSqlServers open(Path certificate, Path key) throws IOException {
    PostgreSqlServers servers = open();
    Path tls = Files.createDirectory(servers.home.resolve("tls"));
    var _ = Files.copy(certificate, tls.resolve("server.crt"));
    var _ = Files.copy(key, tls.resolve("server.key"), StandardCopyOption.COPY_ATTRIBUTES);
    servers.environment.put("TLS", tls.toString());
    return servers;
  }

  /** No server yet. */
  public static PostgreSqlServers open() throws IOException {
    // Below a directory of this process's user, postgres would see nothing.
    return new PostgreSqlServers(Files.createTempDirectory("culvert-postgresql"));
  }

  /** One server. */
  public final class Host {
    private final Path directory;
    private final int port = LoopbackPorts.free();

    private Host(String name) {
      directory = home.resolve(name);
    }

    /** {@code 127.0.0.1:port}. */
    public String address() {
      return "127.0.0.1:" + port;
    }

    /** Begins as the standby of another. */
    public void follow(Host primary) {
      ops("standby", directory.toString(), String.valueOf(port), primary.address());
    }

    /** Acknowledges nothing from now on that its standby does not have. */
    public void together() {
      ops("together", directory.toString());
    }

    /** Takes the place of another, which is fenced first. */
    public void promoteOver(Host old) {
      ops(
          "promote",
          directory.toString(),
          "--fence",
          "%s fence %s".formatted(script, old.directory));
    }

    /** Takes the place of one that is believed to be off, and may not be. */
    public void promoteBelieving() {
      ops("promote", directory.toString(), "--fenced");
    }

    /** Starts again what was killed. */
    public void start() {
      ops("start", directory.toString());
    }

    /** SIGSTOP to all of its processes: it hangs, and its sockets stay open. */
    public void pause() {
      stopLeader();
      signal("STOP", processes());
    }

    /** First, so that none is left out: it makes a process for each connection. */
    private void stopLeader() {
      signal("STOP", processes().stream().limit(1).toList());
    }

    /** Ends a pause. */
    public void resume() {
      signal("CONT", processes());
    }

    /** SIGKILL to all of its processes, as if the computer lost its power. */
    public void kill() {
      stopLeader();
      List<ProcessHandle> processes = processes();
      processes.forEach(ProcessHandle::destroyForcibly);
      processes.forEach(process -> process.onExit().join());
    }

    /** Runs a statement as the superuser; its first column, a line for each row. */
    public String sql(String database, String statement) {
      return run(
          List.of(
              "psql",
              "-X",
              "-q",
              "-At",
              "-v",
              "ON_ERROR_STOP=1",
              "-h",
              directory.toString(),
              "-p",
              String.valueOf(port),
              "-d",
              database,
              "-c",
              statement));
    }

    private void signal(String name, List<ProcessHandle> processes) {
      if (!processes.isEmpty()) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        processes.forEach(process -> command.add(String.valueOf(process.pid())));
        run(command);
      }
    }

    /** The leader first; none if it does not run. */
    private List<ProcessHandle> processes() {
      try {
        Path pid = directory.resolve("postmaster.pid");
        Optional<ProcessHandle> leader =
            Files.exists(pid)
                ? ProcessHandle.of(Long.parseLong(Files.readAllLines(pid).getFirst()))
                : Optional.empty();
        return leader
            .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
            .map(process -> Stream.concat(Stream.of(process), process.descendants()).toList())
            .orElse(List.of());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A new primary with an empty database. */
  public Host primary() {
    Host host = planned();
    ops("primary", host.directory.toString(), String.valueOf(host.port));
    return host;
  }

  /** A standby of another. */
  public Host standby(Host of) {
    Host host = planned();
    host.follow(of);
    return host;
  }

  /** One that is not there yet. */
  public Host planned() {
    Host host = new Host("database" + hosts.size());
    hosts.add(host);
    return host;
  }

  /** Settings over these hosts and the database that they were made with. */
  public StorageSettings.PostgreSql settings(Path timelineFile, List<Host> over) {
    return settings(timelineFile, over, "culvert");
  }

  private StorageSettings.PostgreSql settings(Path timelineFile, List<Host> over, String database) {
    return new StorageSettings.PostgreSql(
        over.stream().map(Host::address).toList(),
        database,
        "culvert",
        Optional.of(passwordFile),
        4,
        new StorageSettings.Tls(StorageSettings.Tls.Mode.DISABLE, Optional.empty()),
        timelineFile);
  }

  /** A new empty database. */
  StorageSettings.PostgreSql fresh(Path timelineFile, Host host) {
    String name = "fresh" + databases.incrementAndGet();
    host.sql("postgres", "CREATE DATABASE %s OWNER culvert".formatted(name));
    return settings(timelineFile, List.of(host), name);
  }

  /** The same as an operator writes it. */
  public String configuration(List<Host> over) {
    return """
        culvert {
          storage = postgresql
          postgresql-storage {
            hosts = [%s], password-file = "%s", tls.mode = disable, connections = 4
          }
        }
        """
        .formatted(
            String.join(", ", over.stream().map(host -> '"' + host.address() + '"').toList()),
            passwordFile);
  }

  private void ops(String... arguments) {
    run(Stream.concat(Stream.of(script.toString()), Stream.of(arguments)).toList());
  }

  private String run(List<String> command) {
    List<String> asPostgres = new ArrayList<>();
    boolean root = "root".equals(System.getProperty("user.name"));
    if (root) {
      start(List.of("chown", "-R", "postgres", home.toString()));
      asPostgres.addAll(
          List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    asPostgres.addAll(command);
    return start(asPostgres);
  }

  private String start(List<String> command) {
    try {
      Path output = Files.createTempFile("culvert-postgresql", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      int status = builder.start().waitFor();
      String said = Files.readString(output, StandardCharsets.UTF_8);
      Files.delete(output);
      if (status != 0) {
        throw new AssertionError("%s: %d %s".formatted(command, status, said));
      }
      return said.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    hosts.forEach(Host::kill);
    try (Stream<Path> all = Files.walk(home)) {
      for (Path path : all.toList().reversed()) {
        Files.delete(path);
      }
    }
  }
}
