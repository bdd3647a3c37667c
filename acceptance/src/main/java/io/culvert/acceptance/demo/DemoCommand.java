package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.Laboratory;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./culvert demo}: shows the main job with real programs, and says whether all held. */
@Command(
    name = "culvert demo",
    mixinStandardHelpOptions = true,
    description = {
      "Two computers behind different NATs and a public one join a VPN, exchange real packets through"
          + " ESP tunnels that no server touches, and see changes arrive.",
      "Everything runs in network namespaces and is removed at the end, also after Ctrl-C.",
    },
    footer = {
      "%nExit status: 0 all phases held, 1 one did not (its logs and captures are kept), 2 usage.",
      "%nExamples:%n  ./culvert demo%n  ./culvert demo --keep%n  ./culvert demo --json"
    })
public final class DemoCommand implements Callable<Integer> {
  private static final String IN_USER_NAMESPACE = "CULVERT_USER_NAMESPACE";

  @Option(names = "--keep", description = "Leave everything running, and say what to try next.")
  private boolean keep;

  @Option(names = "--json", description = "Print one JSON object instead of phases and table.")
  private boolean json;

  @Option(
      names = "--lab",
      paramLabel = "NAME",
      defaultValue = "culvert-demo",
      description = "Prefix of the namespaces (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String labName;

  /** Runs the demonstration and exits. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line of this process. */
  public static CommandLine commandLine() {
    return new CommandLine(new DemoCommand());
  }

  /** The phases, in the order in which they must run. */
  public static List<Phase> phases() {
    return List.of(
        new LaboratoryPhase(),
        new ServerPhase(),
        new EnrolmentPhase(),
        new LogonPhase(),
        new ReachabilityPhase(),
        new WirePhase(),
        new ThroughputPhase(),
        new CipherPhase(),
        new RemovalPhase(),
        new RestartPhase());
  }

  @Override
  public Integer call() {
    Consumer<String> out = json ? line -> {} : System.out::println;
    Laboratory lab = new Laboratory(CulvertHome.find(), labName, Laboratory.newRunDirectory());
    DemoWorld world = new DemoWorld(lab);
    Thread cleanup = new Thread(() -> end(world), "demo-cleanup");
    Runtime.getRuntime().addShutdownHook(cleanup);

    long begunNanos = System.nanoTime();
    List<Phase> phases = phases();
    List<PhaseResult> results = new DemoRunner(out).run(phases, world);
    DemoReport report =
        new DemoReport(results, phases.size(), (System.nanoTime() - begunNanos) / 1e9);

    System.out.println(json ? report.json() : "\n" + report.table());
    if (!report.held()) {
      System.err.println("logs and captures: " + Artefacts.collect(lab, "demo"));
    }
    if (keep) {
      leaveRunning(lab, cleanup);
    }
    return report.held() ? 0 : 1;
  }

  private static void end(DemoWorld world) {
    world.close();
    Artefacts.delete(world.lab().run());
  }

  /** The programs outlive this process; in a user namespace they cannot, so this process stays. */
  private static void leaveRunning(Laboratory lab, Thread cleanup) {
    System.out.println(NextSteps.of(lab));
    if (System.getenv(IN_USER_NAMESPACE) == null) {
      Runtime.getRuntime().removeShutdownHook(cleanup);
      return;
    }
    System.out.println("Press Ctrl-C to end it.");
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.park();
    }
  }
}
