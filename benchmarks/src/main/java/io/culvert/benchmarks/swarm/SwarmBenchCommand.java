package io.culvert.benchmarks.swarm;

import io.culvert.benchmarks.fleet.FleetRun;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures how many agents three servers hold. */
@Command(
    name = "swarm",
    mixinStandardHelpOptions = true,
    description =
        "Three servers and 10,000 agents in one VPN of two hubs and spokes, on the loopback address: all"
            + " agents log on at once; what each costs the servers in memory.",
    footer = "%nExit status: 0 measured (met or not), 1 it could not be measured, 2 usage.")
public final class SwarmBenchCommand implements Callable<Integer> {
  private static final int QUICKLY = 100;

  @Mixin private final FleetRun run = new FleetRun();

  @Override
  public Integer call() {
    return run.run(QUICKLY, (fleet, progress) -> SwarmBench.run(fleet));
  }
}
