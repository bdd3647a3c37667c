package io.culvert.benchmarks;

import io.culvert.benchmarks.tunnel.TunnelCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./culvert bench}: one subcommand for each measurement. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure something, beside something else in the same run.",
    subcommands = TunnelCommand.class)
public final class BenchCommand {
  private BenchCommand() {}

  /** Runs a measurement and exits. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BenchCommand()).execute(arguments));
  }
}
