package io.culvert.acceptance.cluster;

import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.BackgroundProgram;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One server as a process, over the same host, data directory and ports from start to start. */
public final class ClusterServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration END_LIMIT = Duration.ofMinutes(2);
  private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(10);
  private static final Pattern READY = Pattern.compile("(?m): ready$");
  private static final Pattern ONE_TIME_PASSWORD =
      Pattern.compile("one-time password: (?<password>\\S+)");

  private final String name;
  private CulvertHome home;
  private final ServerHost host;
  private final Path directory;
  private final Map<String, String> environment;
  private final int agentPort = LoopbackPorts.free();
  private final int adminPort = LoopbackPorts.free();
  private final int healthPort = LoopbackPorts.free();
  private final int clusterPort = LoopbackPorts.free();
  private @Nullable BackgroundProgram program;
  private int starts;

  /**
   * A server that does not run yet.
   *
   * @param directory for its data, settings and logs
   * @param javaOptions for its JVM, separated by spaces
   */
  ClusterServer(
      String name, CulvertHome home, ServerHost host, Path directory, String javaOptions) {
    this.name = name;
    this.home = home;
    this.host = host;
    this.directory = directory;
    this.environment = new HashMap<>(CulvertHome.RUN_WHAT_IS_BUILT);
    this.environment.put("CULVERT_JAVA_OPTS", javaOptions);
  }

  /** Its name in the cluster. */
  public String name() {
    return name;
  }

  /** Where agents reach it. */
  public String gateway() {
    return host.address() + ":" + agentPort;
  }

  /** Where administrators reach it. */
  public String adminUrl() {
    return "https://%s:%d".formatted(host.address(), adminPort);
  }

  /** Where its health and metrics are. */
  public String healthUrl() {
    return "http://%s:%d".formatted(host.address(), healthPort);
  }

  /** Where the other servers reach it. */
  String clusterAddress() {
    return host.address() + ":" + clusterPort;
  }

  /** The certificate of the cluster's CA, once it has started. */
  Path authority() {
    return directory.resolve("data/ca.pem");
  }

  /**
   * Writes its settings.
   *
   * @param common what all servers have
   */
  void configure(String common) {
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve("server.conf"),
          """
          culvert {
            server-name = %1$s
            data-directory = "%2$s"
            agent-gateway { host = "%4$s", port = %5$d }
            admin { host = "%4$s", port = %6$d }
            health { host = "%4$s", port = %7$d }
            cluster { host = "%4$s", port = %8$d }
          }
          %3$s
          """
              .formatted(
                  name,
                  directory.resolve("data"),
                  common,
                  host.address(),
                  agentPort,
                  adminPort,
                  healthPort,
                  clusterPort));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives another server the cluster's keys, as an operator does before it first starts. */
  void shareKeysWith(ClusterServer other) {
    Path from = directory.resolve("data/keys");
    Path to = other.directory.resolve("data/keys");
    try {
      Files.createDirectories(to);
      for (String file : List.of("ca.pem", "ca-key.pem", "master.key")) {
        Files.copy(from.resolve(file), to.resolve(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes another distribution, from the next start on. */
  public void replaceBy(CulvertHome distribution) {
    home = distribution;
  }

  /** Starts it, without waiting. */
  public void launch() {
    starts++;
    program =
        host.start(
            name,
            List.of(
                home.launcher().toString(),
                "server",
                "--config",
                directory.resolve("server.conf").toString()),
            environment,
            directory.resolve("%s-%d.log".formatted(name, starts)));
  }

  /** Waits until it has the cluster's keys. */
  void awaitKeys() {
    // Written last.
    Await.until(
        "the keys of " + name,
        START_LIMIT,
        () -> {
          if (!isRunning()) {
            throw new LabException("%s has ended: %s".formatted(name, output()));
          }
          return Files.exists(authority());
        });
  }

  /** Waits until it serves. */
  public void awaitReady() {
    var _ = running().awaitOutput(READY, START_LIMIT);
  }

  /** Starts it once more, and waits until it serves. */
  public void restart() {
    launch();
    awaitReady();
  }

  /** Waits until its process has ended. */
  public void awaitEnd() {
    Await.until("the end of " + name, END_LIMIT, () -> !isRunning());
  }

  /** The first administrator's one-time password, which its first start has printed. */
  String oneTimePassword() {
    return running().awaitOutput(ONE_TIME_PASSWORD, START_LIMIT).group("password");
  }

  /** Whether its process exists; it may be paused. */
  public boolean isRunning() {
    return program != null && program.isRunning();
  }

  /** Its process id. */
  public long pid() {
    return running().pid();
  }

  /** Its exit status; it has ended. */
  public int exitStatus() {
    return running().exitStatus();
  }

  /** What it has printed since its last start. */
  public String output() {
    return running().output();
  }

  /** Ends it with SIGKILL. */
  public void kill() {
    running().kill();
  }

  /** Stops its process where it is (SIGSTOP): its connections stay, and nothing answers. */
  public void pause() {
    signal("STOP");
  }

  /** Lets it go on (SIGCONT). */
  public void resume() {
    signal("CONT");
  }

  /** Asks it to drain and end (SIGTERM), without waiting. */
  public void beginToStop() {
    signal("TERM");
  }

  private void signal(String name) {
    Programs.run(
            List.of("kill", "-s", name, Long.toString(running().pid())),
            Map.of(),
            null,
            SIGNAL_LIMIT)
        .orFail();
  }

  private BackgroundProgram running() {
    if (program == null) {
      throw new LabException(name + " was never started");
    }
    return program;
  }

  /** Kills it if it still runs. */
  @Override
  public void close() {
    if (program != null) {
      program.close();
    }
  }
}
