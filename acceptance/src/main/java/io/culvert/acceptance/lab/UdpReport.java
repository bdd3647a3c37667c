package io.culvert.acceptance.lab;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What iperf3 measured of datagrams.
 *
 * @param packetsPerSecond that the receiver got
 * @param lossPercent of those that the client sent, 0 to 100
 */
public record UdpReport(double packetsPerSecond, double lossPercent) {
  private static final double PERCENT = 100;

  /**
   * Reads what {@code iperf3 --json} printed at the client. The receiver counts as lost what is
   * missing before the last datagram that it got; what it never heard of is lost, too.
   *
   * @throws LabException if nothing has arrived
   */
  static UdpReport of(JsonNode report) {
    JsonNode received = report.at("/end/sum_received");
    long arrived = received.at("/packets").asLong() - received.at("/lost_packets").asLong();
    double seconds = received.at("/seconds").asDouble();
    long sent = report.at("/end/sum_sent/packets").asLong();
    if (arrived <= 0 || seconds <= 0) {
      throw new LabException(
          "none of %d datagrams arrived: %s"
              .formatted(sent, report.at("/error").asText("no error")));
    }
    return new UdpReport(arrived / seconds, Math.max(0, sent - arrived) * PERCENT / sent);
  }
}
