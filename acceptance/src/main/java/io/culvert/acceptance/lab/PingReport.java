package io.culvert.acceptance.lab;

import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code ping} printed, read by sequence number.
 *
 * <p>A request that had no answer counts as lost only if a later one was answered: the last one may
 * have been on its way when ping was stopped.
 *
 * @param answered how many different requests were answered
 * @param lost how many were not, up to the last that was
 * @param duplicates answers to a request that had been answered
 * @param slowestMillis the longest round trip in milliseconds, 0 if nothing was answered
 */
public record PingReport(int answered, int lost, int duplicates, double slowestMillis) {
  private static final Pattern ANSWER =
      Pattern.compile("icmp_seq=(?<sequence>\\d+) .*time=(?<millis>[0-9.]+) ms");

  /** Reads the output of one ping with fewer than 65,536 requests. */
  public static PingReport parse(String output) {
    BitSet seen = new BitSet();
    int duplicates = 0;
    double slowest = 0;
    Matcher matcher = ANSWER.matcher(output);
    while (matcher.find()) {
      int sequence = Integer.parseInt(matcher.group("sequence"));
      if (seen.get(sequence)) {
        duplicates++;
      }
      seen.set(sequence);
      slowest = Math.max(slowest, Double.parseDouble(matcher.group("millis")));
    }
    int lost = seen.isEmpty() ? 0 : seen.length() - seen.nextSetBit(0) - seen.cardinality();
    return new PingReport(seen.cardinality(), lost, duplicates, slowest);
  }

  /** Whether there were answers, and one to every request. */
  public boolean complete() {
    return answered > 0 && lost == 0;
  }

  /** For a table: {@code 120 answered, 0 lost, slowest 1.3 ms}. */
  @Override
  public String toString() {
    return "%d answered, %d lost, slowest %.1f ms".formatted(answered, lost, slowestMillis);
  }
}
