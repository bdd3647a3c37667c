package io.culvert.acceptance.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.acceptance.cluster.ServerNetwork;
import io.culvert.acceptance.history.Checker;
import io.culvert.acceptance.history.CommandRecord;
import io.culvert.acceptance.history.History;
import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Laboratory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./culvert chaos}: faults on a cluster, and the proof that nothing was lost. */
@Command(
    name = "culvert chaos",
    mixinStandardHelpOptions = true,
    description = {
      "Three servers, each in a network namespace, and some agents: servers are killed, paused, drained"
          + " and cut off from each other by nftables, and agents vanish, by a schedule that follows from a"
          + " seed, while an administrator changes a VPN.",
      "Then a checker proves from the history of all commands and views that every rule held.",
      "Nothing of this touches the computer's own network. An ordinary user needs user namespaces.",
    },
    footer = {
      "%nExit status: 0 every rule held, 1 one did not or the cluster did not recover (history and logs are"
          + " kept), 2 usage.",
      "%nExamples:%n  ./culvert chaos --faults 5%n  ./culvert chaos --faults 300 --seed 42 --json"
    })
public final class ChaosCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LABEL = "chaos";

  @Option(
      names = "--faults",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int faults;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Run the schedule of this seed again (default: a new one, printed).")
  private @Nullable Long seed;

  @Option(
      names = "--agents",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int agents;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "15",
      description = "Presence grace of the servers (default: ${DEFAULT-VALUE}).")
  private int graceSeconds;

  @Option(names = "--json", description = "Print one JSON object instead of sentences.")
  private boolean json;

  /** Runs the faults and exits. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line of this process. */
  public static CommandLine commandLine() {
    return new CommandLine(new ChaosCommand());
  }

  @Override
  public Integer call() {
    CulvertHome home = CulvertHome.find();
    Path directory = Laboratory.newRunDirectory();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(directory), "chaos-cleanup"));
    long chosen = seed == null ? new SecureRandom().nextLong(1_000_000) : seed;
    Consumer<String> progress = new Progress();
    progress.accept("seed %d, %d faults".formatted(chosen, faults));
    Report report;
    try {
      report = Report.of(chosen, faults, run(home, directory, chosen, progress));
    } catch (LabException e) {
      report = Report.brokenOff(chosen, faults, e);
    }
    print(report);
    if (!report.held()) {
      System.err.println("history and logs: " + Artefacts.collect(home, directory, LABEL));
    }
    return report.held() ? 0 : 1;
  }

  private History run(CulvertHome home, Path directory, long chosen, Consumer<String> progress) {
    ChaosRun.Size size = new ChaosRun.Size(ServerNetwork.SIZE, agents, 8);
    Duration grace = Duration.ofSeconds(graceSeconds);
    try (ServerNetwork network = ServerNetwork.build(home, directory);
        ChaosWorld world =
            ChaosWorld.make(
                home, directory, network.startDatabase(), network.hosts(), size, grace)) {
      progress.accept("%d servers serve %d agents".formatted(size.servers(), agents));
      return new ChaosRun(world, grace, progress)
          .run(
              chosen,
              Schedule.of(chosen, faults, size.servers(), agents),
              new FaultInjector(world, network, progress));
    }
  }

  private void print(Report report) {
    try {
      System.out.print(
          json ? JSON.writeValueAsString(report) + System.lineSeparator() : report.text());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is always JSON", e);
    }
  }

  /** Whatever happened, also Ctrl-C: no program of this run is left. */
  private static void end(Path directory) {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    Artefacts.delete(directory);
  }

  /**
   * What came of a run.
   *
   * @param commands of the administrator
   * @param acknowledged how many of them were
   * @param events that agents went through
   * @param views that agents had at the end
   * @param failure why it was broken off; empty if it was not
   * @param held whether it was not, and every rule held
   */
  record Report(
      long seed,
      int faults,
      int commands,
      long acknowledged,
      int events,
      int views,
      List<Checker.Violation> violations,
      String failure,
      boolean held) {
    static Report of(long seed, int faults, History history) {
      List<Checker.Violation> violations = Checker.check(history);
      return new Report(
          seed,
          faults,
          history.commands().size(),
          history.commands().stream()
              .filter(command -> command.outcome() == CommandRecord.Outcome.ACKNOWLEDGED)
              .count(),
          history.events().size(),
          history.views().size(),
          violations,
          "",
          violations.isEmpty());
    }

    static Report brokenOff(long seed, int faults, LabException failure) {
      return new Report(
          seed, faults, 0, 0, 0, 0, List.of(), String.valueOf(failure.getMessage()), false);
    }

    String text() {
      StringBuilder text =
          new StringBuilder(
              "seed %d: %d faults, %d commands, %d events%n"
                  .formatted(seed, faults, commands, events));
      if (!failure.isEmpty()) {
        text.append("  broken off: %s%n".formatted(failure));
      }
      for (String rule : Checker.ruleNames()) {
        List<Checker.Violation> broken =
            violations.stream().filter(violation -> violation.rule().equals(rule)).toList();
        text.append(
            "  %s: %s%n"
                .formatted(
                    rule,
                    !failure.isEmpty() ? "not checked" : broken.isEmpty() ? "held" : "BROKEN"));
        broken.forEach(violation -> text.append("    %s%n".formatted(violation.evidence())));
      }
      return text.toString();
    }
  }

  /** Puts the seconds since the start before each line. */
  private static final class Progress implements Consumer<String> {
    private final long begunNanos = System.nanoTime();

    @Override
    public void accept(String line) {
      System.err.printf("%6.1f s  %s%n", (System.nanoTime() - begunNanos) / 1e9, line);
    }
  }
}
