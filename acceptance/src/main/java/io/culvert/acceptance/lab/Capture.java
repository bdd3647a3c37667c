package io.culvert.acceptance.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** A running capture of everything that passes one host, on all its interfaces. */
public final class Capture implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(5);
  private static final Pattern LISTENING = Pattern.compile("listening on");

  private final BackgroundProgram tcpdump;
  private final Path file;

  private Capture(BackgroundProgram tcpdump, Path file) {
    this.tcpdump = tcpdump;
    this.file = file;
  }

  /** Starts to capture; returns when packets are seen. */
  public static Capture start(LabHost host, String label) {
    Path file = host.lab().run().resolve(label + ".pcap");
    // -Z root: if root starts it, it stays root; it changes for nobody else.
    Capture capture =
        new Capture(
            host.start(
                label,
                List.of(
                    "tcpdump",
                    "-i",
                    "any",
                    "-y",
                    "LINUX_SLL2",
                    "-Z",
                    "root",
                    "-n",
                    "-U",
                    "--immediate-mode",
                    "-s",
                    "0",
                    "-B",
                    "8192",
                    "-w",
                    file.toString())),
            file);
    var _ = capture.tcpdump.awaitOutput(LISTENING, START_LIMIT);
    return capture;
  }

  /** Where the packets are. */
  public Path file() {
    return file;
  }

  /** What has been captured so far. */
  public List<CapturedPacket> packets() {
    return PcapFile.read(file);
  }

  /** Ends the capture; all packets. */
  public List<CapturedPacket> stop() {
    tcpdump.interrupt();
    return packets();
  }

  @Override
  public void close() {
    tcpdump.close();
  }
}
