package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;

/** What {@code agent status --verbose} prints below the rest: peers, workers, drops. */
final class VerboseStatus {
  private VerboseStatus() {}

  static void print(JsonNode status, PrintWriter out) {
    JsonNode engine = status.path("engine");
    printWorker("outbound", engine, out);
    printWorker("inbound", engine, out);
    engine
        .path("drops")
        .properties()
        .forEach(
            drop -> {
              if (drop.getValue().asLong() > 0) {
                out.printf("  dropped   %s %d%n", drop.getKey(), drop.getValue().asLong());
              }
            });
    for (JsonNode vpn : status.path("vpns")) {
      for (JsonNode peer : vpn.path("peers")) {
        printPeer(vpn.path("vpn").asText(), peer, out);
      }
    }
  }

  private static void printWorker(String direction, JsonNode engine, PrintWriter out) {
    JsonNode worker = engine.path(direction);
    out.printf(
        "  %-9s %d packets, %d bytes, %d frames, %d datagrams in %d batches (mean %.1f), %d bytes allocated%n",
        direction,
        worker.path("packets").asLong(),
        worker.path("bytes").asLong(),
        worker.path("frames").asLong(),
        worker.path("datagrams").asLong(),
        worker.path("batches").asLong(),
        worker.path("meanBatchDatagrams").asDouble(),
        worker.path("allocatedBytes").asLong());
  }

  private static void printPeer(String vpn, JsonNode peer, PrintWriter out) {
    out.printf(
        "peer    %s in %s  %s  %s  keys %s%s  heard %s%n",
        peer.path("node").asText(),
        vpn,
        peer.path("endpoint").asText("-"),
        peer.path("transform").asText("-"),
        age(peer.path("keysMillisAgo").asLong(), "none"),
        peer.path("rekeying").asBoolean() ? ", rekeying" : "",
        ago(peer.path("lastSeenMillisAgo").asLong()));
    out.printf(
        "  sent %d packets, %d bytes; received %d packets, %d bytes%n",
        peer.path("outboundPackets").asLong(),
        peer.path("outboundBytes").asLong(),
        peer.path("inboundPackets").asLong(),
        peer.path("inboundBytes").asLong());
  }

  private static String ago(long millis) {
    return millis < 0 ? "never" : age(millis, "") + " ago";
  }

  private static String age(long millis, String never) {
    return millis < 0 ? never : Since.age(Duration.ofMillis(millis));
  }
}
