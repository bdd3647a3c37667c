package io.culvert.acceptance.lab;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** A ping that runs, ten times a second, while something else is done to the network. */
public final class ContinuousPing implements AutoCloseable {
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(10);
  private static final Pattern ANSWER = Pattern.compile("time=");

  private final BackgroundProgram program;

  private ContinuousPing(BackgroundProgram program) {
    this.program = program;
  }

  /**
   * Starts it and waits for the first answer.
   *
   * @param label names its log
   */
  public static ContinuousPing start(LabHost from, String address, String label) {
    ContinuousPing ping =
        new ContinuousPing(from.start(label, List.of("ping", "-n", "-i", "0.1", address)));
    var _ = ping.program.awaitOutput(ANSWER, FIRST_ANSWER);
    return ping;
  }

  /** Waits until so many more requests have been answered. */
  public void awaitMoreAnswers(int count, Duration limit) {
    int wanted = report().answered() + count;
    Await.until(count + " more answers to a ping", limit, () -> report().answered() >= wanted);
  }

  /** What it has seen so far. */
  public PingReport report() {
    return PingReport.parse(program.output());
  }

  /** Stops it; what it saw. */
  public PingReport stop() {
    program.interrupt();
    return report();
  }

  @Override
  public void close() {
    program.close();
  }
}
