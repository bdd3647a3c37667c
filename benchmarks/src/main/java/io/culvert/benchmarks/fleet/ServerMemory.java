package io.culvert.benchmarks.fleet;

import io.culvert.acceptance.cluster.ClusterServer;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What servers occupy, after a full collection in each.
 *
 * @param heapKib of live objects
 * @param rssKib resident pages of the processes
 */
public record ServerMemory(long heapKib, long rssKib) {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Pattern USED = Pattern.compile("used (?<kib>\\d+)K");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(?<kib>\\d+) kB");

  /** Of some servers together. */
  public static ServerMemory of(List<ClusterServer> servers) {
    long heap = 0;
    long rss = 0;
    for (ClusterServer server : servers) {
      var _ = jcmd(server.pid(), "GC.run");
      heap += number(USED, jcmd(server.pid(), "GC.heap_info"));
      rss += number(RESIDENT, read(Path.of("/proc", Long.toString(server.pid()), "status")));
    }
    return new ServerMemory(heap, rss);
  }

  private static String jcmd(long pid, String command) {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    return Programs.run(List.of(program, Long.toString(pid), command), Map.of(), null, LIMIT)
        .orFail()
        .output();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new LabException("no '%s' in: %s".formatted(pattern, text));
    }
    return Long.parseLong(matcher.group("kib"));
  }
}
