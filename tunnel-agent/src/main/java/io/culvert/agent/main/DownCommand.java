package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.agent.enrolment.StateDirectory;
import io.culvert.agent.localapi.LocalClient.LocalException;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Command;

/** {@code culvert agent down}. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = "Logs off, takes the interface away, and ends the agent.",
    footer = {"", "Examples:", "  culvert agent down"})
final class DownCommand extends AskingCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  String command() {
    return "down";
  }

  @Override
  void afterwards(StateDirectory directory) throws LocalException {
    if (!directory.awaitFree(PATIENCE)) {
      throw new LocalException(
          "the agent has not ended within %d s".formatted(PATIENCE.toSeconds()));
    }
  }

  @Override
  void print(JsonNode answer, PrintWriter out) {
    out.println("the agent has ended");
  }
}
