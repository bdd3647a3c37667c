package io.culvert.acceptance.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** An iperf3 server on one host, and one run of a client after the other. */
public final class Iperf implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(5);
  private static final Pattern LISTENING = Pattern.compile("Server listening");

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

  /** Which way the bytes of a TCP measurement go. */
  public enum Direction {
    /** From the client to the server. */
    TO_SERVER,
    /** From the server to the client. */
    FROM_SERVER
  }

  /**
   * One TCP stream to the server.
   *
   * @param seconds how long, after a second that does not count
   * @return what the receiver got, in Gbit/s
   */
  public double gigabitsPerSecond(LabHost from, String address, int seconds) {
    return tcp(from, address, 1, Direction.TO_SERVER, seconds).gigabitsPerSecond();
  }

  /**
   * TCP streams at the same time.
   *
   * @param streams how many, 1 to 128
   * @param seconds how long, after a second that does not count
   */
  public TcpReport tcp(
      LabHost from, String address, int streams, Direction direction, int seconds) {
    List<String> more = new ArrayList<>(List.of("--parallel", Integer.toString(streams)));
    if (direction == Direction.FROM_SERVER) {
      more.add("--reverse");
    }
    return TcpReport.of(client(from, address, 1, seconds, more));
  }

  /**
   * Datagrams to the server, as many as the client can send.
   *
   * @param payloadBytes of each, 16 to 65,507
   */
  public UdpReport udp(LabHost from, String address, int payloadBytes, int seconds) {
    List<String> more =
        List.of("--udp", "--bitrate", "0", "--length", Integer.toString(payloadBytes));
    return UdpReport.of(client(from, address, 0, seconds, more));
  }

  /** One TCP stream to the server, for what it does on its way. */
  public void load(LabHost from, String address, int seconds) {
    var _ = client(from, address, 0, seconds, List.of());
  }

  private static JsonNode client(
      LabHost from, String address, int omitted, int seconds, List<String> more) {
    List<String> command = new ArrayList<>(List.of("iperf3", "--json"));
    command.addAll(List.of("--omit", Integer.toString(omitted)));
    command.addAll(List.of("--time", Integer.toString(seconds)));
    command.addAll(more);
    command.addAll(List.of("--client", address));
    return from.run(command, null).json();
  }

  @Override
  public void close() {
    server.terminate();
  }
}
