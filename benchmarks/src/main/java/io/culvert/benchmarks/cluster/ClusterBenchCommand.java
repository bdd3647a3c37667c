package io.culvert.benchmarks.cluster;

import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import io.culvert.benchmarks.failover.FailoverBench;
import io.culvert.benchmarks.fanout.FanoutBench;
import io.culvert.benchmarks.fleet.Fleet;
import io.culvert.benchmarks.fleet.FleetLife;
import io.culvert.benchmarks.fleet.FleetRun;
import io.culvert.benchmarks.storm.StormBench;
import io.culvert.benchmarks.swarm.SwarmBench;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures all that is measured with a fleet, with one fleet: it is the muster that takes long. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description =
        "swarm, fanout, failover and storm, one after the other with the same servers and agents. Each of them"
            + " alone has a short form; this has none.",
    footer = {
      "%nExample:%n  culvert bench cluster --agents 3000 --json",
      "%nExit status: 0 measured (met or not), 1 it could not be measured, 2 usage."
    })
public final class ClusterBenchCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  @Option(
      names = "--agents",
      paramLabel = "N",
      defaultValue = "" + FleetRun.AGENTS,
      description = "How many agents (default: ${DEFAULT-VALUE}).")
  private int agents;

  @Override
  public Integer call() {
    return FleetLife.measure(agents, json, FleetLife.progress(), ClusterBenchCommand::measure);
  }

  private static BenchResult measure(Fleet fleet, Consumer<String> progress) {
    List<Figure> figures = new ArrayList<>();
    figures.addAll(told(progress, SwarmBench.run(fleet)));
    figures.addAll(told(progress, new FanoutBench(fleet, progress).run()));
    figures.addAll(told(progress, new FailoverBench(fleet, progress).run()));
    fleet.cluster().startMissing();
    figures.addAll(told(progress, new StormBench(fleet, progress).run()));
    return new BenchResult("cluster", Machine.describe(), figures);
  }

  /** What is known already is not lost if a later part cannot be measured. */
  private static List<Figure> told(Consumer<String> progress, BenchResult part) {
    progress.accept(part.table());
    return part.figures();
  }
}
