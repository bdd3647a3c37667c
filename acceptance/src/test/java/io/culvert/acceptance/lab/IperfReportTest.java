package io.culvert.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** Reports of iperf3 3.12, shortened. */
class IperfReportTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void countsWhatTheReceiverOfTcpStreamsGot() throws Exception {
    JsonNode report =
        JSON.readTree(
            """
            {"intervals": [{"sum": {"bytes": 1000, "omitted": true}}, {"sum": {"bytes": 2000, "omitted": false}}],
             "end": {"sum_sent": {"bits_per_second": 3.5e9}, "sum_received": {"bits_per_second": 3.25e9}}}
            """);

    assertThat(TcpReport.of(report)).isEqualTo(new TcpReport(3.25, 3000));
  }

  @Test
  void doesNotTakeAFailedTcpMeasurementForAFigure() throws Exception {
    JsonNode report = JSON.readTree("{\"end\": {}, \"error\": \"the server is busy\"}");

    assertThatThrownBy(() -> TcpReport.of(report))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("the server is busy");
  }

  @Test
  void countsDatagramsThatTheReceiverNeverHeardOfAsLost() throws Exception {
    JsonNode report =
        JSON.readTree(
            """
            {"end": {"sum_sent": {"seconds": 2.0, "packets": 1000, "lost_packets": 0},
                     "sum_received": {"seconds": 2.5, "packets": 900, "lost_packets": 650}}}
            """);

    assertThat(UdpReport.of(report)).isEqualTo(new UdpReport(100, 75));
  }

  @Test
  void doesNotTakeSilenceForAFigure() throws Exception {
    JsonNode report =
        JSON.readTree(
            """
            {"end": {"sum_sent": {"seconds": 2.0, "packets": 1000},
                     "sum_received": {"seconds": 2.0, "packets": 0, "lost_packets": 0}}}
            """);

    assertThatThrownBy(() -> UdpReport.of(report))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("none of 1000 datagrams");
  }
}
