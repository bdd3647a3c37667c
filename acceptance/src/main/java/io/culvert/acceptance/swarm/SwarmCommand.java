package io.culvert.acceptance.swarm;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./culvert swarm}: a swarm of agents that another program drives. */
@Command(
    name = "culvert swarm",
    mixinStandardHelpOptions = true,
    description = {
      "Many agents without tunnels in one process, for measurements and tests of servers.",
      "Reads requests from the standard input and prints one answer for each, one JSON object a line;"
          + " ends with its input.",
    },
    footer = {
      "%nExamples of requests:%n  {\"do\":\"enrol\",\"tokens\":[\"culvert1...\"]}%n  {\"do\":\"start\",\"nodes\":[]}"
          + "%n  {\"do\":\"count\"}",
      "%nExit status: 0 at the end of the input, 1 after an error, 2 usage."
    })
public final class SwarmCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Control threads that all agents share (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--history",
      paramLabel = "FILE",
      description = "Append every state and view of every agent, one JSON object a line.")
  private @Nullable Path history;

  private final PrintStream answers;

  private SwarmCommand(PrintStream answers) {
    this.answers = answers;
  }

  /** Runs a swarm until its input ends, and exits. */
  public static void main(String[] arguments) {
    PrintStream answers = System.out;
    // Whatever else is printed, by libraries too, must not come between the answers.
    System.setOut(System.err);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(new CommandLine(new SwarmCommand(answers)).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = new PrintWriter(answers, true, StandardCharsets.UTF_8);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (HistoryFile file = history == null ? null : HistoryFile.append(history);
        Swarm swarm = new Swarm(threads, file == null ? SwarmLog.NONE : file)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.println(JSON.writeValueAsString(answer(swarm, line)));
        if (file != null) {
          file.flush();
        }
      }
    }
    return 0;
  }

  private static SwarmReply answer(Swarm swarm, String line)
      throws IOException, InterruptedException {
    try {
      return swarm.on(JSON.readValue(line, SwarmRequest.class));
    } catch (IllegalArgumentException e) {
      return new SwarmReply.Failed(String.valueOf(e.getMessage()));
    }
  }
}
