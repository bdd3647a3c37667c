package io.culvert.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A scrape over HTTP, read by the reference parser of OpenMetrics, which is a strict one. */
class MetricsScrapeIT {
  private static final String SCRAPE =
      """
      import json, sys, urllib.request
      from prometheus_client.openmetrics.parser import text_string_to_metric_families
      request = urllib.request.Request(sys.argv[1], headers={
          "Accept": "application/openmetrics-text; version=1.0.0"})
      text = urllib.request.urlopen(request).read().decode()
      print(json.dumps({family.name: {
          "type": family.type, "unit": family.unit, "help": family.documentation,
          "samples": {" ".join([s.name] + ["%s=%s" % l for l in sorted(s.labels.items())]): s.value
                      for s in family.samples}}
          for family in text_string_to_metric_families(text)}))
      """;

  @Test
  void theReferenceParserReadsEveryNumber() throws IOException, InterruptedException {
    JsonNode families;
    try (MetricsServer server =
        MetricsServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Pictures::picture,
            () -> false)) {
      families = scrape("http://127.0.0.1:%d/metrics".formatted(server.port()));
    }
    String p1 = " peer=acme/p1 vpn=acme/vpn1";
    JsonNode bytes = families.path("culvert_peer_bytes");
    assertThat(bytes.path("type").asText()).isEqualTo("counter");
    assertThat(bytes.path("unit").asText()).isEqualTo("bytes");
    assertThat(bytes.path("samples")).hasSize(4);
    assertValue(families, "culvert_peer_bytes", "_total direction=outbound" + p1, 2);
    assertValue(families, "culvert_peer_bytes", "_total direction=inbound" + p1, 4);
    assertValue(families, "culvert_peer_packets", "_total direction=outbound" + p1, 1);
    assertValue(families, "culvert_peer_packets", "_total direction=inbound" + p1, 3);
    assertValue(families, "culvert_peer_keys_age_seconds", p1, 125);
    assertValue(families, "culvert_peer_last_received_age_seconds", p1, 0.005);
    assertThat(families.at("/culvert_peer_keys_age_seconds/samples")).hasSize(1);
    assertValue(families, "culvert_peer_path_known", p1, 1);
    assertValue(families, "culvert_peer_path_known", " peer=acme/p2 vpn=acme/vpn1", 0);
    assertValue(families, "culvert_packets", "_total direction=inbound", 70);
    assertValue(families, "culvert_bytes", "_total direction=inbound", 7000);
    assertValue(families, "culvert_frames", "_total direction=outbound", 6);
    assertValue(families, "culvert_datagrams", "_total direction=outbound", 10);
    assertValue(families, "culvert_batches", "_total direction=outbound", 4);
    assertValue(families, "culvert_dropped_packets", "_total reason=unknown_spi", 4);
    assertValue(families, "culvert_offload", " offload=tun_checksum", 1);
    assertValue(families, "culvert_offload", " offload=tun_tcp4", 1);
    assertValue(families, "culvert_offload", " offload=tun_tcp6", 1);
    assertValue(families, "culvert_offload", " offload=tun_udp", 0);
    assertValue(families, "culvert_offload", " offload=udp_segmentation", 0);
    assertValue(families, "culvert_linked", "", 0);
    assertValue(families, "culvert_cipher", "_info implementation=JDK", 1);
    families
        .properties()
        .forEach(
            family ->
                assertThat(family.getValue().path("help").asText())
                    .as(family.getKey())
                    .isNotEmpty());
  }

  private static void assertValue(JsonNode families, String family, String sample, double value) {
    JsonNode found = families.path(family).path("samples").path(family + sample);
    assertThat(found.isNumber()).as(family + sample).isTrue();
    assertThat(found.asDouble()).as(family + sample).isEqualTo(value);
  }

  private static JsonNode scrape(String url) throws IOException, InterruptedException {
    Process python =
        new ProcessBuilder("/usr/bin/python3", "-c", SCRAPE, url).redirectErrorStream(true).start();
    String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(output).isZero();
    return new ObjectMapper().readTree(output);
  }
}
