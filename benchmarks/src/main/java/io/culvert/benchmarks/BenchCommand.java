package io.culvert.benchmarks;

import io.culvert.benchmarks.cluster.ClusterBenchCommand;
import io.culvert.benchmarks.failover.FailoverBenchCommand;
import io.culvert.benchmarks.fanout.FanoutBenchCommand;
import io.culvert.benchmarks.footprint.FootprintCommand;
import io.culvert.benchmarks.journal.JournalBenchCommand;
import io.culvert.benchmarks.spread.SpreadCommand;
import io.culvert.benchmarks.storm.StormBenchCommand;
import io.culvert.benchmarks.swarm.SwarmBenchCommand;
import io.culvert.benchmarks.tunnel.TunnelCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./culvert bench}: one subcommand for each measurement. */
@Command(
    name = "culvert bench",
    mixinStandardHelpOptions = true,
    description = "Measure something, beside something else in the same run.",
    subcommands = {
      TunnelCommand.class,
      FootprintCommand.class,
      SpreadCommand.class,
      SwarmBenchCommand.class,
      FanoutBenchCommand.class,
      StormBenchCommand.class,
      FailoverBenchCommand.class,
      ClusterBenchCommand.class,
      JournalBenchCommand.class
    })
public final class BenchCommand {
  private BenchCommand() {}

  /** Runs a measurement and exits. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line of this process. */
  public static CommandLine commandLine() {
    return new CommandLine(new BenchCommand());
  }
}
