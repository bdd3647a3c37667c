package io.culvert.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final MetricsServer server =
      MetricsServer.start(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          Pictures::picture,
          () -> true);

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  @Test
  void showsTheEngineAndTheJvmInTheOlderText() throws Exception {
    HttpResponse<String> answer = get("/metrics", "text/plain");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(answer.body())
        .contains(
            "# HELP culvert_peer_bytes_total Bytes of inner packets with the peer.",
            "culvert_peer_bytes_total{direction=\"inbound\",peer=\"acme/p1\",vpn=\"acme/vpn1\"} 4.0",
            "culvert_dropped_packets_total{reason=\"unknown_spi\"} 4.0",
            "jvm_memory_used_bytes")
        .doesNotContain("last_received_age_seconds{peer=\"acme/p2\"");
  }

  @Test
  void speaksOpenMetricsWithUnitsIfAsked() throws Exception {
    HttpResponse<String> answer = get("/metrics", "application/openmetrics-text; version=1.0.0");

    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(answer.body()).contains("# UNIT culvert_peer_bytes bytes").endsWith("# EOF\n");
  }

  @Test
  void namesItsPathToWhoAsksForAnother() throws Exception {
    assertThat(get("/", "*/*").statusCode()).isEqualTo(404);
    assertThat(get("/", "*/*").body()).contains("/metrics");
  }

  @Test
  void namesTheAddressItCannotHave() {
    InetSocketAddress taken =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());

    assertThatThrownBy(() -> MetricsServer.start(taken, Pictures::picture, () -> true))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot serve metrics at")
        .hasMessageContaining(String.valueOf(server.port()));
  }

  private HttpResponse<String> get(String path, String accept) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("Accept", accept)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
