package io.culvert.acceptance.lab;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What iperf3 measured of TCP streams.
 *
 * @param gigabitsPerSecond what the receiver got, of all streams together
 * @param carriedBytes payload from the first to the last second, also of the one that does not
 *     count
 */
public record TcpReport(double gigabitsPerSecond, long carriedBytes) {
  private static final double BITS_IN_GIGABIT = 1e9;

  /**
   * Reads what {@code iperf3 --json} printed at the client.
   *
   * @throws LabException if nothing has arrived
   */
  static TcpReport of(JsonNode report) {
    double bits = report.at("/end/sum_received/bits_per_second").asDouble();
    if (bits <= 0) {
      throw new LabException("iperf3 carried nothing: " + report.at("/error").asText("no error"));
    }
    long bytes = 0;
    for (JsonNode interval : report.at("/intervals")) {
      bytes += interval.at("/sum/bytes").asLong();
    }
    return new TcpReport(bits / BITS_IN_GIGABIT, bytes);
  }
}
