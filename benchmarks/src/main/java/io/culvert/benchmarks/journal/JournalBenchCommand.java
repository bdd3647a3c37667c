package io.culvert.benchmarks.journal;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.benchmarks.BenchResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the journal. */
@Command(
    name = "journal",
    mixinStandardHelpOptions = true,
    description =
        "One server over each database in turn: 16 administrators make nodes, each in an organization of their own and"
            + " each waiting for the answer, which comes when the change is stored. H2 in a file, a PostgreSQL primary"
            + " without a standby, three Cassandra nodes of which two must have it; all on this machine.",
    footer = {
      "",
      "A database that is not installed is named as not measured.",
      "Exit status: 0 measured (met or not), 1 nothing could be measured, 2 usage.",
      "",
      "Examples:",
      "  culvert bench journal --quick",
      "  CASSANDRA_HOME=/opt/apache-cassandra-5.0.9 culvert bench journal --json"
    })
public final class JournalBenchCommand implements Callable<Integer> {
  private static final JournalBench.Extent THOROUGH =
      new JournalBench.Extent(Duration.ofSeconds(10), Duration.ofSeconds(20), 3, "-Xmx512m");
  private static final JournalBench.Extent QUICK =
      new JournalBench.Extent(
          Duration.ofSeconds(1), Duration.ofSeconds(2), 1, "-Xmx512m -XX:TieredStopAtLevel=1");

  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  @Option(
      names = "--quick",
      description =
          "2 s for each database instead of 20, one Cassandra node instead of three, and programs that are compiled only"
              + " once: less than a minute.")
  private boolean quick;

  @Override
  public Integer call() {
    Path directory = Laboratory.newRunDirectory();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> Artefacts.delete(directory), "bench-cleanup"));
    if (quick) {
      System.err.println("quick: one Cassandra node; the programs are compiled only once");
    }
    BenchResult result =
        new JournalBench(
                CulvertHome.find(), directory, quick ? QUICK : THOROUGH, System.err::println)
            .run();
    System.out.print(json ? result.json() + System.lineSeparator() : result.table());
    return result.figures().isEmpty() ? 1 : 0;
  }
}
