package io.culvert.benchmarks.footprint;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.benchmarks.BenchResult;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what an agent occupies, and its start. */
@Command(
    name = "footprint",
    mixinStandardHelpOptions = true,
    description =
        "Two agents in two network namespaces: resident memory of the one that occupies more, idle and while a TCP stream"
            + " runs each way, and the time from the start of an enrolled agent to the first answer through its tunnel,"
            + " the median of some starts.",
    footer = "%nExit status: 0 measured (met or not), 1 it could not be measured, 2 usage.")
public final class FootprintCommand implements Callable<Integer> {
  private static final FootprintBench.Extent THOROUGH = new FootprintBench.Extent(10, 7);
  private static final FootprintBench.Extent QUICK = new FootprintBench.Extent(3, 3);

  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  @Option(names = "--quick", description = "Less load and fewer starts: less than 50 s.")
  private boolean quick;

  @Override
  public Integer call() {
    Laboratory lab =
        new Laboratory(CulvertHome.find(), "culvert-footprint", Laboratory.newRunDirectory());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(lab), "bench-cleanup"));
    try {
      FootprintBench.Extent extent = quick ? QUICK : THOROUGH;
      BenchResult result =
          new FootprintBench(lab, extent, InstantSource.system(), System.err::println).run();
      System.out.print(json ? result.json() + System.lineSeparator() : result.table());
      return 0;
    } catch (LabException e) {
      System.err.printf(
          "%s%nlogs: %s%n", e.getMessage(), Artefacts.collect(lab, "bench-footprint"));
      return 1;
    }
  }

  private static void end(Laboratory lab) {
    lab.close();
    Artefacts.delete(lab.run());
  }
}
