package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code culvert agent down}. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = "Logs off, takes the interface away, and ends the agent.",
    footer = {"", "Examples:", "  culvert agent down"})
final class DownCommand extends AskingCommand {
  @Override
  String command() {
    return "down";
  }

  @Override
  void print(JsonNode answer, PrintWriter out) {
    out.println("the agent stops");
  }
}
