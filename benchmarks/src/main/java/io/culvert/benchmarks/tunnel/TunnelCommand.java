package io.culvert.benchmarks.tunnel;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.benchmarks.BenchResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the tunnel. */
@Command(
    name = "tunnel",
    mixinStandardHelpOptions = true,
    description =
        "Two agents in two network namespaces over a veth pair: one TCP stream with iperf3 through the"
            + " tunnel, beside the raw veth path, in turns; medians.",
    footer = "%nExit status: 0 measured (met or not), 1 it could not be measured, 2 usage.")
public final class TunnelCommand implements Callable<Integer> {
  private static final Rounds THOROUGH = new Rounds(7, 5);
  private static final Rounds QUICK = new Rounds(3, 1);

  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  @Option(names = "--quick", description = "Fewer and shorter rounds: less than 50 s.")
  private boolean quick;

  @Override
  public Integer call() {
    Laboratory lab =
        new Laboratory(CulvertHome.find(), "culvert-bench", Laboratory.newRunDirectory());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(lab), "bench-cleanup"));
    try {
      BenchResult result =
          new TunnelBench(lab, quick ? QUICK : THOROUGH, System.err::println).run();
      System.out.print(json ? result.json() + System.lineSeparator() : result.table());
      return 0;
    } catch (LabException e) {
      System.err.printf("%s%nlogs: %s%n", e.getMessage(), Artefacts.collect(lab, "bench-tunnel"));
      return 1;
    }
  }

  private static void end(Laboratory lab) {
    lab.close();
    Artefacts.delete(lab.run());
  }

  /**
   * How often and how long.
   *
   * @param count of pairs of measurements
   * @param seconds that count in each measurement
   */
  record Rounds(int count, int seconds) {}
}
