package io.culvert.benchmarks.fanout;

import io.culvert.benchmarks.fleet.FleetRun;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures how soon changes are everywhere. */
@Command(
    name = "fanout",
    mixinStandardHelpOptions = true,
    description =
        "Three servers and 10,000 agents in one VPN: from the acceptance of a member change to its application at"
            + " every agent; and the servers' processor time for each agent, beside a tenth of the agents.",
    footer = "%nExit status: 0 measured (met or not), 1 it could not be measured, 2 usage.")
public final class FanoutBenchCommand implements Callable<Integer> {
  private static final int QUICKLY = 50;

  @Mixin private final FleetRun run = new FleetRun();

  @Override
  public Integer call() {
    return run.run(QUICKLY, (fleet, progress) -> new FanoutBench(fleet, progress).run());
  }
}
