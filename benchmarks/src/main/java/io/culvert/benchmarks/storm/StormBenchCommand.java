package io.culvert.benchmarks.storm;

import io.culvert.benchmarks.fleet.FleetRun;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures how soon all agents are back after all servers were gone. */
@Command(
    name = "storm",
    mixinStandardHelpOptions = true,
    description =
        "Three servers are killed and started again at once under 10,000 agents: until all are linked and have the"
            + " VPN's revision again.",
    footer = "%nExit status: 0 measured (met or not), 1 it could not be measured, 2 usage.")
public final class StormBenchCommand implements Callable<Integer> {
  private static final int QUICKLY = 50;

  @Mixin private final FleetRun run = new FleetRun();

  @Override
  public Integer call() {
    return run.run(QUICKLY, (fleet, progress) -> new StormBench(fleet, progress).run());
  }
}
