package io.culvert.benchmarks.spread;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.benchmarks.BenchResult;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what many peers cost. */
@Command(
    name = "peers",
    mixinStandardHelpOptions = true,
    description =
        "One engine with 1,000 and with 10,000 peers, which live in another engine: the throughput of TCP connections"
            + " to all of them, beside as many connections to one of them, in turns; medians.",
    footer = {
      "",
      "Exit status: 0 measured (met or not), 1 it could not be measured, 2 usage.",
      "",
      "Examples:",
      "  culvert bench peers --quick",
      "  culvert bench peers --json"
    })
public final class SpreadCommand implements Callable<Integer> {
  private static final SpreadBench.Count THOUSAND = new SpreadBench.Count(1_000, 0.9);
  private static final SpreadBench.Count TEN_THOUSAND = new SpreadBench.Count(10_000, 0.8);
  private static final SpreadBench.Extent THOROUGH =
      new SpreadBench.Extent(List.of(THOUSAND, TEN_THOUSAND), 5, 3);
  private static final SpreadBench.Extent QUICK = new SpreadBench.Extent(List.of(THOUSAND), 3, 2);

  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  @Option(
      names = "--quick",
      description = "1,000 peers only, in fewer and shorter rounds: less than 50 s.")
  private boolean quick;

  @Override
  public Integer call() {
    Laboratory lab =
        new Laboratory(CulvertHome.find(), "culvert-peers", Laboratory.newRunDirectory());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(lab), "bench-cleanup"));
    try {
      BenchResult result =
          new SpreadBench(lab, quick ? QUICK : THOROUGH, System.err::println).run();
      System.out.print(json ? result.json() + System.lineSeparator() : result.table());
      return 0;
    } catch (LabException e) {
      System.err.printf("%s%nlogs: %s%n", e.getMessage(), Artefacts.collect(lab, "bench-peers"));
      return 1;
    }
  }

  private static void end(Laboratory lab) {
    lab.close();
    Artefacts.delete(lab.run());
  }
}
