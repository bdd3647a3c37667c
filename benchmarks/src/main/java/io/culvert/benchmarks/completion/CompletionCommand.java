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
import picocli.CommandLine.Parameters;

/**
 * {@code ./culvert completion SHELL}. It is here because this module is the only one that sees all
 * the commands.
 */
@Command(
    name = "culvert",
    description = "A centrally managed, peer-to-peer VPN.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ServerCommand.class,
      AdminCommand.class,
      AgentCommand.class,
      DemoCommand.class,
      BenchCommand.class,
      ChaosCommand.class,
      CompletionCommand.Completion.class
    })
public final class CompletionCommand {
  private CompletionCommand() {}

  /** Prints the script. */
  public static void main(String[] arguments) {
    int status = new CommandLine(new Completion()).execute(arguments);
    System.exit(status);
  }

  /** What is left when the command itself is taken away. */
  @Command(
      name = "completion",
      description = "Print the completion script of a shell: source <(./culvert completion bash)",
      mixinStandardHelpOptions = true)
  static final class Completion implements Runnable {
    @Parameters(paramLabel = "SHELL", description = "bash or zsh: the same script serves both.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Shell shell;

    @Override
    public void run() {
      CommandLine top = new CommandLine(new CompletionCommand());
      if (shell == Shell.zsh) {
        System.out.println("autoload -Uz bashcompinit && bashcompinit");
      }
      System.out.println(AutoComplete.bash("culvert", top));
    }
  }

  /** The shells that can read the script. */
  enum Shell {
    bash,
    zsh
  }
}
