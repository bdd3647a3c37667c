package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.agent.capture.CaptureSettings;
import io.culvert.agent.localapi.LocalClient.LocalException;
import io.culvert.agent.localapi.LocalDownload;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code culvert agent capture}. The agent sends what it captures; the file is written here, with
 * the rights of who asked.
 */
@Command(
    name = "capture",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes the packets of the tunnels to a pcapng file, until Ctrl-C or what --seconds or --packets say.",
    footer = {
      "",
      "Each packet has its peer in its comment. Inner packets are in the clear: so only their owner may",
      "read the file. What is written too slowly is left out and counted; the tunnels do not wait.",
      "",
      "Examples:",
      "  culvert agent capture office.pcapng --seconds 10",
      "  culvert agent capture office.pcapng --inner --peer laptop --snap 128",
      "  culvert agent capture office.pcapng --sample 1/100",
      "  culvert agent capture - | wireshark -k -i -"
    })
final class CaptureCommand implements Callable<Integer> {
  @Mixin private StateOption state = new StateOption();

  @Parameters(paramLabel = "FILE", description = "A new file; -: standard output.")
  private Path file = Path.of("-");

  @ArgGroup private Layers layers = new Layers();

  @Option(names = "--peer", paramLabel = "NODE", description = "Only this peer's packets.")
  private @Nullable String peer;

  @Option(
      names = "--sample",
      paramLabel = "1/N",
      converter = SampleRate.class,
      description = "Each Nth of them, N up to 1,000,000; default 1/1.")
  private int oneIn = 1;

  @Option(names = "--seconds", paramLabel = "N", description = "End after N seconds.")
  private @Nullable Long seconds;

  @Option(names = "--packets", paramLabel = "N", description = "End after N packets.")
  private @Nullable Long packets;

  @Option(
      names = "--snap",
      paramLabel = "BYTES",
      defaultValue = "" + CaptureSettings.DEFAULT_SNAP_BYTES,
      description = "Of each packet at most, 64 to 65535; default ${DEFAULT-VALUE}.")
  private int snapBytes = CaptureSettings.DEFAULT_SNAP_BYTES;

  @Spec private @Nullable CommandSpec spec;

  /** Which packets; both kinds without any of these. */
  static final class Layers {
    @Option(names = "--inner", description = "Only packets as the applications see them.")
    private boolean inner;

    @Option(names = "--outer", description = "Only datagrams as the networks between see them.")
    private boolean outer;

    @Option(names = "--both", description = "Both, which is the default.")
    private boolean both;
  }

  @Override
  public Integer call() {
    CommandSpec command = Objects.requireNonNull(spec);
    requireAtLeastOne("--seconds", seconds);
    requireAtLeastOne("--packets", packets);
    if (snapBytes < CaptureSettings.MIN_SNAP_BYTES || snapBytes > CaptureSettings.MAX_SNAP_BYTES) {
      throw new ParameterException(
          command.commandLine(),
          "Invalid value for option '--snap': %d is not in 64..65535".formatted(snapBytes));
    }
    PrintWriter err = command.commandLine().getErr();
    try (LocalDownload download =
            LocalDownload.open(state.directory().socket(), "capture", arguments());
        CaptureFile target = CaptureFile.create(file);
        InterruptedCapture stopping = InterruptedCapture.watch(download)) {
      JsonNode summary = copy(download, target);
      // Standard output may be the file itself.
      PrintWriter words = target.isStandardOutput() ? err : command.commandLine().getOut();
      print(summary, words);
      stopping.done();
      return 0;
    } catch (LocalException e) {
      err.println("culvert agent: " + e.getMessage());
      err.flush();
      return 1;
    } catch (IOException e) {
      err.println("culvert agent: cannot write %s: %s".formatted(file, CaptureFile.reason(e)));
      err.flush();
      return 1;
    }
  }

  private static JsonNode copy(LocalDownload download, CaptureFile target)
      throws LocalException, IOException {
    try (BufferedOutputStream buffered = new BufferedOutputStream(target.stream())) {
      return download.copyTo(buffered);
    }
  }

  private void requireAtLeastOne(String option, @Nullable Long value) {
    if (value != null && value < 1) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "Invalid value for option '%s': %d is below 1".formatted(option, value));
    }
  }

  private Map<String, Object> arguments() {
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("inner", layers.both || !layers.outer);
    arguments.put("outer", layers.both || !layers.inner);
    arguments.put("oneIn", oneIn);
    arguments.put("snapBytes", snapBytes);
    if (peer != null) {
      arguments.put("peer", peer);
    }
    if (seconds != null) {
      arguments.put("seconds", seconds);
    }
    if (packets != null) {
      arguments.put("packets", packets);
    }
    return arguments;
  }

  private static void print(JsonNode summary, PrintWriter out) {
    out.printf(
        "captured %d inner packets and %d outer datagrams; left out, because the file was written too slowly: %d and %d%n",
        summary.path("inner").asLong(),
        summary.path("outer").asLong(),
        summary.path("droppedInner").asLong(),
        summary.path("droppedOuter").asLong());
    out.flush();
  }
}
