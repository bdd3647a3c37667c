package io.culvert.benchmarks.tunnel;

import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.peers.PeerChoice;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the tunnel. */
@Command(
    name = "tunnel",
    mixinStandardHelpOptions = true,
    description =
        "Two agents in two network namespaces over a veth pair, beside the raw path and the other VPNs that are"
            + " installed, in turns; medians. TCP with one and four streams, both ways; datagrams of 64 and 1,200"
            + " bytes; pings, idle and beside a TCP stream; processor time and memory.",
    footer = {
      "",
      "A peer that is not installed is named as not measured, with how to install it.",
      "Exit status: 0 measured (met or not), 1 it could not be measured, 2 usage.",
      "",
      "Examples:",
      "  culvert bench tunnel --quick",
      "  culvert bench tunnel --peer wireguard-go --peer nebula --rounds 3",
      "  culvert bench tunnel --peer none --json"
    })
public final class TunnelCommand implements Callable<Integer> {
  private static final TunnelExtent THOROUGH = new TunnelExtent(5, 3, true);
  private static final TunnelExtent QUICK = new TunnelExtent(3, 1, false);

  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  @Option(
      names = "--quick",
      description =
          "Only one TCP stream, on the raw path and through Culvert, in fewer and shorter rounds: less than 50 s.")
  private boolean quick;

  @Option(
      names = "--peer",
      paramLabel = "NAME",
      completionCandidates = PeerNames.class,
      description =
          "Another VPN to measure, repeatable: ${COMPLETION-CANDIDATES} (default: all that are installed).")
  private List<String> wanted = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often each is measured (default: 5, quick 3).")
  private @Nullable Integer rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long each measurement takes (default: 3, quick 1).")
  private @Nullable Integer seconds;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    TunnelExtent extent = extent();
    PeerChoice peers = peers();
    Laboratory lab =
        new Laboratory(CulvertHome.find(), "culvert-bench", Laboratory.newRunDirectory());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(lab), "bench-cleanup"));
    try {
      BenchResult result = new TunnelBench(lab, extent, peers, System.err::println).run();
      System.out.print(json ? result.json() + System.lineSeparator() : result.table());
      return 0;
    } catch (LabException e) {
      System.err.printf("%s%nlogs: %s%n", e.getMessage(), Artefacts.collect(lab, "bench-tunnel"));
      return 1;
    }
  }

  private TunnelExtent extent() {
    TunnelExtent usual = quick ? QUICK : THOROUGH;
    TunnelExtent extent =
        new TunnelExtent(
            Objects.requireNonNullElse(rounds, usual.rounds()),
            Objects.requireNonNullElse(seconds, usual.seconds()),
            usual.everything());
    if (extent.rounds() < 1 || extent.seconds() < 1) {
      throw usage("--rounds and --seconds are at least 1");
    }
    return extent;
  }

  private PeerChoice peers() {
    if (quick && !wanted.isEmpty() && !wanted.equals(List.of(PeerChoice.NONE))) {
      throw usage("--quick measures no peers; leave out --quick or --peer");
    }
    try {
      return PeerChoice.of(wanted);
    } catch (IllegalArgumentException e) {
      throw usage(Objects.requireNonNull(e.getMessage()));
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }

  private static void end(Laboratory lab) {
    lab.close();
    Artefacts.delete(lab.run());
  }

  /** What a shell offers. */
  static final class PeerNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      List<String> names = new ArrayList<>(PeerChoice.names());
      names.add(PeerChoice.NONE);
      return names.iterator();
    }
  }
}
