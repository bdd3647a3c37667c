package io.culvert.agent.main;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.agent.enrolment.StateDirectory;
import io.culvert.agent.localapi.LocalClient;
import io.culvert.agent.localapi.LocalClient.LocalException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that asks the running agent and prints its answer. */
abstract class AskingCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin private StateOption state = new StateOption();

  @Option(names = "--json", description = "Print one JSON value instead of text.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  /** The agent's command. */
  abstract String command();

  /** Its arguments. */
  Map<String, Object> arguments() {
    return Map.of();
  }

  /**
   * What remains to be done after the agent has answered.
   *
   * @throws LocalException if it failed
   */
  void afterwards(StateDirectory directory) throws LocalException {}

  /** What of the answer is printed with {@code --json}. */
  JsonNode select(JsonNode answer) {
    return answer;
  }

  /** Prints for a person. */
  abstract void print(JsonNode answer, PrintWriter out);

  /** 0, or 1 if the answer says that it failed. */
  int exitStatus(JsonNode answer) {
    return 0;
  }

  @Override
  public final Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    try {
      JsonNode answer = LocalClient.ask(state.directory().socket(), command(), arguments());
      afterwards(state.directory());
      if (json) {
        out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(select(answer)));
      } else {
        print(answer, out);
      }
      out.flush();
      return exitStatus(answer);
    } catch (LocalException e) {
      spec.commandLine().getErr().println("culvert agent: " + e.getMessage());
      spec.commandLine().getErr().flush();
      return 1;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
