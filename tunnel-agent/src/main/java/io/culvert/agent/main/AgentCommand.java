package io.culvert.agent.main;

import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code culvert agent}. */
@Command(
    name = "culvert agent",
    mixinStandardHelpOptions = true,
    version = "culvert agent 0.1.0",
    description = "Runs, or asks, the agent of this computer.",
    subcommands = {
      UpCommand.class,
      StatusCommand.class,
      PeersCommand.class,
      PingCommand.class,
      TopCommand.class,
      CaptureCommand.class,
      DownCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  culvert agent up --token culvert1...     enrol this computer and join its VPNs",
      "  culvert agent status                     what the agent knows and does",
      "  culvert agent ping laptop                reach a peer through the tunnel",
      "  culvert agent top                        what passes, each second",
      "  culvert agent down                       log off and take the interface away"
    })
public final class AgentCommand {
  /** Entry point. */
  public static void main(String... arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /**
   * The command line of this process. An unforeseen failure is one sentence for the person; the log
   * has the rest.
   */
  public static CommandLine commandLine() {
    return new CommandLine(new AgentCommand())
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              LoggerFactory.getLogger(AgentCommand.class).debug("the command failed", failure);
              command.getErr().println("culvert agent: " + failure.getMessage());
              command.getErr().flush();
              return CommandLine.ExitCode.SOFTWARE;
            });
  }
}
