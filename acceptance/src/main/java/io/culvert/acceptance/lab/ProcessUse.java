package io.culvert.acceptance.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a running process uses, as Linux counts it (proc(5)). */
public final class ProcessUse {
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(?<kib>\\d+) kB");
  private static final double KIB_IN_MIB = 1024;

  private ProcessUse() {}

  /**
   * Time of processors since its start, in user and system mode, of all its threads; counted in
   * hundredths of a second.
   *
   * @throws LabException if it does not run any more
   */
  public static Duration processorTime(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow(() -> new LabException("process %d does not run".formatted(pid)));
  }

  /**
   * Resident pages, those that are shared with others included, in MiB.
   *
   * @throws LabException if it does not run any more
   */
  public static double residentMib(long pid) {
    Matcher matcher = RESIDENT.matcher(status(pid));
    if (!matcher.find()) {
      throw new LabException("process %d has ended".formatted(pid));
    }
    return Long.parseLong(matcher.group("kib")) / KIB_IN_MIB;
  }

  private static String status(long pid) {
    Path file = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.exists(file)) {
      throw new LabException("process %d does not run".formatted(pid));
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
