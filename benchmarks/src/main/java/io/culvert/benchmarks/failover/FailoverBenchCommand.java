package io.culvert.benchmarks.failover;

import io.culvert.benchmarks.fleet.FleetRun;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures what the death of a server costs. */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    description =
        "One of three servers is killed under 10,000 agents while an administrator changes VPNs, and two more agents"
            + " have a tunnel: until the agents are linked again, until every shard and the administrator are"
            + " answered, and the packets that the tunnel lost. Needs socat.",
    footer = "%nExit status: 0 measured (met or not), 1 it could not be measured, 2 usage.")
public final class FailoverBenchCommand implements Callable<Integer> {
  private static final int QUICKLY = 15;

  @Mixin private final FleetRun run = new FleetRun();

  @Override
  public Integer call() {
    return run.run(QUICKLY, (fleet, progress) -> new FailoverBench(fleet, progress).run());
  }
}
