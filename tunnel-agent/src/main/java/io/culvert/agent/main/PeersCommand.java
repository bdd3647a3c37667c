package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code culvert agent peers}. */
@Command(
    name = "peers",
    mixinStandardHelpOptions = true,
    description = "Lists the peers of all VPNs.",
    footer = {"", "Examples:", "  culvert agent peers", "  culvert agent peers --json"})
final class PeersCommand extends AskingCommand {
  private static final String ROW = "%-24s %-24s %-7s %-16s %-28s %-24s %s%n";

  @Override
  String command() {
    return "status";
  }

  @Override
  JsonNode select(JsonNode status) {
    return status.path("vpns");
  }

  @Override
  void print(JsonNode status, PrintWriter out) {
    out.printf(ROW, "VPN", "PEER", "STATE", "IPV4", "IPV6", "ENDPOINT", "TRANSFORM");
    for (JsonNode vpn : status.path("vpns")) {
      for (JsonNode peer : vpn.path("peers")) {
        out.printf(
            ROW,
            vpn.path("vpn").asText(),
            peer.path("node").asText(),
            vpn.hasNonNull("staleSince")
                ? "stale"
                : peer.path("online").asBoolean() ? "online" : "offline",
            peer.at("/addresses/0").asText(),
            peer.at("/addresses/1").asText(),
            peer.path("endpoint").asText("-"),
            peer.path("transform").asText("-"));
      }
      if (vpn.hasNonNull("staleSince")) {
        out.printf(
            "%s: no server has answered since the agent was started; known as of %s%n",
            vpn.path("vpn").asText(), vpn.path("staleSince").asText());
      }
    }
  }
}
