package io.culvert.agent.main;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How long this process has run, the launcher included, by the kernel's clock since boot in steps
 * of 10 ms (proc_pid_stat(5), proc_uptime(5)). {@link ProcessHandle} tells the start by the wall
 * clock, and counts from a boot that {@code /proc/stat} has in whole seconds.
 */
final class ProcessAge {
  private static final Path STAT = Path.of("/proc/self/stat");
  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final int START_TIME_FIELD = 22;

  /** Fields 1 and 2 end with the last parenthesis: a program's name may hold spaces. */
  private static final int FIRST_FIELD_AFTER_NAME = 3;

  private static final long MILLIS_PER_TICK = 10;

  private ProcessAge() {}

  /** In milliseconds, at the moment of the call. */
  static long millis() {
    try {
      return millis(Files.readString(STAT), Files.readString(UPTIME));
    } catch (IOException e) {
      throw new UncheckedIOException("/proc cannot be read", e);
    }
  }

  /**
   * From the two files' texts.
   *
   * @param stat of the process
   * @param uptime of the system
   */
  static long millis(String stat, String uptime) {
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
    long start = Long.parseLong(fields.get(START_TIME_FIELD - FIRST_FIELD_AFTER_NAME));
    double up = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
    return Math.max(0, Math.round(up * 1000) - start * MILLIS_PER_TICK);
  }
}
