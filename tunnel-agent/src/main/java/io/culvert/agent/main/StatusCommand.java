package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code culvert agent status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows what the agent knows and does.",
    footer = {
      "",
      "Examples:",
      "  culvert agent status",
      "  culvert agent status --verbose",
      "  culvert agent status --json"
    })
final class StatusCommand extends AskingCommand {
  private static final Map<String, String> OFFLOAD_NAMES = new LinkedHashMap<>();

  static {
    OFFLOAD_NAMES.put("/tun/checksums", "tun-checksum");
    OFFLOAD_NAMES.put("/tun/tcpIpv4", "TSO4");
    OFFLOAD_NAMES.put("/tun/tcpIpv6", "TSO6");
    OFFLOAD_NAMES.put("/tun/udp", "USO");
    OFFLOAD_NAMES.put("/udpSegmentation", "GSO+GRO");
  }

  @Option(
      names = "--verbose",
      description = "Also each peer's keys and counters, and the engine's counters and drops.")
  private boolean verbose;

  @Override
  String command() {
    return "status";
  }

  @Override
  void print(JsonNode status, PrintWriter out) {
    out.printf("node    %s%n", status.path("node").asText());
    out.printf(
        "state   %s since %s, server %s%n",
        status.path("state").asText(),
        Since.text(
            Instant.parse(status.path("since").asText()), Instant.now(), ZoneId.systemDefault()),
        status.path("server").asText());
    if (!status.path("lastError").asText().isEmpty()) {
      out.printf("        %s%n", status.path("lastError").asText());
    }
    JsonNode pull = status.path("pull");
    if (pull.isObject()) {
      out.printf(
          "pull    every %s s, last %s%n",
          BigDecimal.valueOf(pull.path("intervalMillis").asLong(), 3)
              .stripTrailingZeros()
              .toPlainString(),
          pull.hasNonNull("pulledAt")
              ? Since.text(
                  Instant.parse(pull.path("pulledAt").asText()),
                  Instant.now(),
                  ZoneId.systemDefault())
              : "not yet");
    }
    for (JsonNode vpn : status.path("vpns")) {
      long online =
          vpn.path("peers").valueStream().filter(peer -> peer.path("online").asBoolean()).count();
      out.printf(
          "vpn     %s  revision %d  %s  epoch %d  %s  peers %d of %d online%s%n",
          vpn.path("vpn").asText(),
          vpn.path("revision").asLong(),
          vpn.path("cipher").asText(),
          vpn.path("epoch").asInt(),
          String.join(" ", vpn.path("addresses").valueStream().map(JsonNode::asText).toList()),
          online,
          vpn.path("peers").size(),
          vpn.hasNonNull("shardSilentSince")
              ? "  decided as of " + vpn.path("shardSilentSince").asText()
              : "");
      vpn.path("warnings")
          .valueStream()
          .forEach(warning -> out.printf("        warning: %s%n", warning.asText()));
    }
    JsonNode engine = status.path("engine");
    out.printf(
        "engine  %s, offloads: %s%n",
        engine.path("aead").asText(), offloads(engine.path("offloads")));
    if (verbose) {
      VerboseStatus.print(status, out);
    }
  }

  /** Those in use by the names that other tools give them. */
  private static String offloads(JsonNode offloads) {
    List<String> used = new ArrayList<>();
    OFFLOAD_NAMES.forEach(
        (pointer, name) -> {
          if (offloads.at(pointer).asBoolean()) {
            used.add(name);
          }
        });
    return used.isEmpty() ? "none" : String.join(" ", used);
  }
}
