package io.culvert.server.dns;

import io.culvert.server.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** BIND 9 as {@code ops/dns/make.sh} configures it, on a free port of 127.0.0.1. */
public final class Bind implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path directory;
  private final int port = LoopbackPorts.free();
  private Process process;

  /** Starts it, with zone {@code example.test} and name {@code vpn.example.test}. */
  public Bind(Path directory) throws IOException, InterruptedException {
    this.directory = directory;
    Process make =
        new ProcessBuilder(
                Path.of("../ops/dns/make.sh").toRealPath().toString(),
                directory.toString(),
                "--port",
                String.valueOf(port))
            .redirectErrorStream(true)
            .start();
    String said = new String(make.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (make.waitFor() != 0) {
      throw new AssertionError(said);
    }
    process = launch();
  }

  private Process launch() throws IOException {
    Path log = directory.resolve("named.log");
    ProcessBuilder builder =
        new ProcessBuilder("named", "-g", "-c", directory.resolve("named.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().merge("PATH", ":/usr/sbin", String::concat);
    Process started = builder.start();
    await("running", () -> !started.isAlive() || text(log).contains(" running\n"));
    if (!started.isAlive()) {
      throw new AssertionError(text(log));
    }
    return started;
  }

  /** The port, UDP and TCP. */
  public int port() {
    return port;
  }

  /** The file with the key's secret. */
  public Path secret() {
    return directory.resolve("tsig.secret");
  }

  /** Settings of a server with these addresses. */
  DnsSettings settings(String... addresses) {
    return settings("vpn.example.test", "culvert-servers", secret(), addresses);
  }

  /** Settings with another key, or another name. */
  DnsSettings settings(String name, String key, Path secret, String... addresses) {
    return new DnsSettings(
        "example.test",
        name,
        "127.0.0.1",
        port,
        Duration.ofSeconds(30),
        new DnsSettings.Tsig(key, "hmac-sha256", secret),
        List.of(addresses).stream().map(InetAddress::ofLiteral).toList());
  }

  /** Puts addresses at the name, as an operator does. */
  public void list(String... addresses) throws Exception {
    DynamicZone.open(settings(addresses))
        .change(new LinkedHashSet<>(settings(addresses).addresses()), Set.of());
  }

  /** Ends it at once. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Starts it again over the same zone and port. */
  void restart() throws IOException {
    process = launch();
  }

  /** Polls, with a deadline. */
  public static void await(String what, BooleanSupplier condition) {
    long endNanos = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - endNanos > 0) {
        throw new AssertionError("not within %d s: %s".formatted(LIMIT.toSeconds(), what));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
