package io.culvert.benchmarks.completion;

import io.culvert.acceptance.chaos.ChaosCommand;
import io.culvert.acceptance.demo.DemoCommand;
import io.culvert.agent.main.AgentCommand;
import io.culvert.benchmarks.BenchCommand;
import io.culvert.server.admin.cli.AdminCommand;
import io.culvert.server.bootstrap.ServerCommand;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/**
 * {@code ./culvert completion SHELL}. It is here because this module is the only one that sees all
 * the commands.
 */
@Command(
    name = "culvert completion",
    description = "Print the completion script of a shell.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  source <(./culvert completion bash)"})
public final class CompletionCommand implements Runnable {
  @Parameters(paramLabel = "SHELL", description = "bash or zsh: the same script serves both.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Shell shell;

  /** Prints the script. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  private static CommandLine commandLine() {
    return new CommandLine(new CompletionCommand());
  }

  @Override
  public void run() {
    if (shell == Shell.zsh) {
      System.out.println("autoload -Uz bashcompinit && bashcompinit");
    }
    System.out.println(script());
  }

  /** The script, in the language of bash. */
  static String script() {
    CommandLine launcher =
        new CommandLine(CommandSpec.create().name("culvert"))
            .addSubcommand("server", ServerCommand.commandLine())
            .addSubcommand("admin", AdminCommand.commandLine())
            .addSubcommand("agent", AgentCommand.commandLine())
            .addSubcommand("demo", DemoCommand.commandLine())
            .addSubcommand("bench", BenchCommand.commandLine())
            .addSubcommand("chaos", ChaosCommand.commandLine())
            .addSubcommand("completion", commandLine());
    return AutoComplete.bash("culvert", launcher);
  }

  /** The shells that can read the script. */
  enum Shell {
    bash,
    zsh
  }
}
