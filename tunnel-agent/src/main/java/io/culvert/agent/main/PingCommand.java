package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvert agent ping}. */
@Command(
    name = "ping",
    mixinStandardHelpOptions = true,
    description = "Reaches a peer through its tunnel, over IPv4 and IPv6.",
    footer = {
      "",
      "Exit status 0 if every address answered at least once.",
      "",
      "Examples:",
      "  culvert agent ping laptop",
      "  culvert agent ping acme/laptop --count 10"
    })
final class PingCommand extends AskingCommand {
  @Parameters(paramLabel = "NODE", description = "The peer: organization/name, or the name.")
  private String node = "";

  @Option(
      names = {"-c", "--count"},
      defaultValue = "3",
      paramLabel = "N",
      description = "Echoes for each address, 1 to 100; default ${DEFAULT-VALUE}.")
  private int count = 3;

  @Override
  String command() {
    return "ping";
  }

  @Override
  Map<String, Object> arguments() {
    return Map.of("node", node, "count", count);
  }

  @Override
  void print(JsonNode result, PrintWriter out) {
    for (JsonNode target : result.path("targets")) {
      List<Double> millis =
          target.path("roundTripMillis").valueStream().map(JsonNode::asDouble).toList();
      out.printf(
          "%s in %s at %s: %d of %d answered",
          result.path("node").asText(),
          target.path("vpn").asText(),
          target.path("address").asText(),
          millis.size(),
          target.path("sent").asInt());
      if (!millis.isEmpty()) {
        out.printf(
            ", min/mean/max %.2f/%.2f/%.2f ms",
            millis.stream().mapToDouble(Double::doubleValue).min().orElse(0),
            millis.stream().mapToDouble(Double::doubleValue).average().orElse(0),
            millis.stream().mapToDouble(Double::doubleValue).max().orElse(0));
      }
      out.println();
    }
  }

  @Override
  int exitStatus(JsonNode result) {
    return result
            .path("targets")
            .valueStream()
            .anyMatch(target -> target.path("roundTripMillis").isEmpty())
        ? 1
        : 0;
  }
}
