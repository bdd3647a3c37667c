package io.culvert.acceptance.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** {@code ./culvert server} on one host: started, killed and started again over the same data. */
public final class CulvertServer implements AutoCloseable {
  /** TCP port of the agent gateway. */
  public static final int GATEWAY_PORT = 443;

  private static final int ADMIN_PORT = 8443;
  private static final Duration START_LIMIT = Duration.ofSeconds(40);
  private static final Pattern ONE_TIME_PASSWORD =
      Pattern.compile("one-time password: (?<password>\\S+)");
  private static final String OWN_PASSWORD = "correct horse battery staple";
  private static final Pattern READY = Pattern.compile("(?m)\\bready$");

  private final LabHost host;
  private final String address;
  private final Path data;
  private final Path config;
  private BackgroundProgram program;
  private int starts;
  private long startedNanos;
  private long startMillis;

  private CulvertServer(LabHost host, String address) {
    this.host = host;
    this.address = address;
    this.data = host.directory("server");
    this.config = host.directory("server.conf");
    writeConfig();
    this.program = launch();
  }

  /**
   * Starts a server with an empty data directory and waits until it serves.
   *
   * @param address of {@code host}, as agents reach it
   */
  public static CulvertServer start(LabHost host, String address) {
    CulvertServer server = new CulvertServer(host, address);
    server.awaitReady();
    return server;
  }

  /** How long its last start took until it served, in milliseconds. */
  public long startMillis() {
    return startMillis;
  }

  /** Logs on as the first administrator, with the one-time password that was printed. */
  public Administrator logon() {
    String oneTime = program.awaitOutput(ONE_TIME_PASSWORD, START_LIMIT).group("password");
    Administrator administrator = new Administrator(host, host.directory("admin-session.json"));
    administrator
        .type(
            List.of(
                "login",
                "--server",
                "https://%s:%d".formatted(address, ADMIN_PORT),
                "--ca",
                authority().toString(),
                "--user",
                "admin",
                "--password-stdin",
                "--new-password-stdin"),
            oneTime + "\n" + OWN_PASSWORD + "\n")
        .orFail();
    return administrator;
  }

  /** The file with the certificate of the cluster's CA. */
  public Path authority() {
    return data.resolve("ca.pem");
  }

  /** What it has printed since it was last started. */
  public String output() {
    return program.output();
  }

  /** Kills it (SIGKILL). */
  public void kill() {
    program.kill();
  }

  /** Starts it again over the same data, without waiting. */
  public void restart() {
    program = launch();
  }

  /** Waits until it serves. */
  public void awaitReady() {
    var _ = program.awaitOutput(READY, START_LIMIT);
    startMillis = (System.nanoTime() - startedNanos) / 1_000_000;
  }

  private BackgroundProgram launch() {
    starts++;
    startedNanos = System.nanoTime();
    return host.startCulvert("server-" + starts, List.of("server", "--config", config.toString()));
  }

  private void writeConfig() {
    try {
      Files.writeString(
          config,
          """
          culvert {
            server-name = srv
            data-directory = "%s"
            agent-gateway.advertised = [ "%s:%d" ]
          }
          """
              .formatted(data, address, GATEWAY_PORT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
