package io.culvert.acceptance.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** An iperf3 server on one host, and one TCP stream to it after the other. */
public final class Iperf implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(5);
  private static final Pattern LISTENING = Pattern.compile("Server listening");
  private static final double BITS_IN_GIGABIT = 1e9;

  private final BackgroundProgram server;

  private Iperf(BackgroundProgram server) {
    this.server = server;
  }

  /** Starts the server; it listens on all addresses of {@code host}. */
  public static Iperf serve(LabHost host) {
    Iperf iperf =
        new Iperf(host.start("iperf3-" + host.name(), List.of("iperf3", "-s", "--forceflush")));
    var _ = iperf.server.awaitOutput(LISTENING, START_LIMIT);
    return iperf;
  }

  /**
   * One TCP stream to the server.
   *
   * @param seconds how long, after a second that does not count
   * @return what the receiver got, in Gbit/s
   */
  public double gigabitsPerSecond(LabHost from, String address, int seconds) {
    JsonNode report = stream(from, address, 1, seconds);
    return report.at("/end/sum_received/bits_per_second").asDouble() / BITS_IN_GIGABIT;
  }

  /** One TCP stream to the server, for what it does on its way. */
  public void load(LabHost from, String address, int seconds) {
    var _ = stream(from, address, 0, seconds);
  }

  private static JsonNode stream(LabHost from, String address, int omitted, int seconds) {
    return from.run(
            "iperf3",
            "--json",
            "--omit",
            Integer.toString(omitted),
            "--time",
            Integer.toString(seconds),
            "--client",
            address)
        .json();
  }

  @Override
  public void close() {
    server.terminate();
  }
}
