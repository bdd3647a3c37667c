package io.culvert.acceptance.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * A PostgreSQL primary without a standby, in a directory of its own that belongs to the user
 * postgres if this process is root: PostgreSQL does not run as root. It ends with this process.
 */
public final class OwnPostgreSql implements ClusterStorage {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Path directory;
  private final Path script;
  private final Path password;
  private final String address;
  private final String clients;
  private final int port = LoopbackPorts.free();
  private final Thread atExit = new Thread(this::endWithThisProcess, "culvert-postgresql-stop");
  private boolean started;

  private OwnPostgreSql(CulvertHome home, String address, String clients) throws IOException {
    this.address = address;
    this.clients = clients;
    directory = Files.createTempDirectory("culvert-postgresql");
    script =
        Files.copy(
            home.directory().resolve("ops/databases/postgresql"),
            directory.resolve("postgresql"),
            StandardCopyOption.COPY_ATTRIBUTES);
    password = Files.writeString(directory.resolve("password"), "culvert\n");
  }

  /**
   * Makes and starts it on the loopback address.
   *
   * @throws LabException with the script's words if PostgreSQL is not installed, or does not start
   */
  public static OwnPostgreSql start(CulvertHome home) {
    return start(home, "127.0.0.1", "127.0.0.1/32");
  }

  /**
   * Makes and starts it.
   *
   * @param address to listen at
   * @param clients the network that servers come from
   * @throws LabException with the script's words if PostgreSQL is not installed, or does not start
   */
  static OwnPostgreSql start(CulvertHome home, String address, String clients) {
    OwnPostgreSql database;
    try {
      database = new OwnPostgreSql(home, address, clients);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      Runtime.getRuntime().addShutdownHook(database.atExit);
      database.ops("primary", String.valueOf(database.port));
      database.started = true;
      return database;
    } catch (LabException e) {
      database.close();
      throw e;
    }
  }

  private void ops(String command, String... arguments) {
    List<String> line = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      Programs.run(List.of("chown", "-R", "postgres", directory.toString()), Map.of(), null, LIMIT)
          .orFail();
      line.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    line.addAll(List.of(script.toString(), command, directory.resolve("data").toString()));
    line.addAll(List.of(arguments));
    Map<String, String> environment =
        Map.of("PASSWORD_FILE", password.toString(), "LISTEN", address, "ALLOW", clients);
    Programs.run(line, environment, null, LIMIT).orFail();
  }

  @Override
  public String settings() {
    return """
        culvert.storage = postgresql
        culvert.postgresql-storage {
          hosts = ["%s:%d"], password-file = "%s", tls.mode = disable
        }
        """
        .formatted(address, port, password);
  }

  @Override
  public void close() {
    if (isLeftToClose()) {
      if (started) {
        ops("stop");
      }
      Artefacts.delete(directory);
    }
  }

  private boolean isLeftToClose() {
    try {
      return Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // This process ends, and does it.
      return false;
    }
  }

  /**
   * After Ctrl-C; without a program, which might be ended with this process's others. PostgreSQL
   * goes when the servers have gone.
   */
  private void endWithThisProcess() {
    Path pid = directory.resolve("data/postmaster.pid");
    try {
      if (Files.exists(pid)) {
        ProcessHandle.of(Long.parseLong(Files.readAllLines(pid).getFirst()))
            .filter(ProcessHandle::destroy)
            .ifPresent(ending -> ending.onExit().orTimeout(LIMIT.toSeconds(), SECONDS).join());
      }
    } catch (IOException | CompletionException e) {
      System.err.printf("PostgreSQL may still run, in %s: %s%n", directory, e);
      return;
    }
    Artefacts.delete(directory);
  }
}
