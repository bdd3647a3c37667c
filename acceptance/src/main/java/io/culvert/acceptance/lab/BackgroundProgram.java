package io.culvert.acceptance.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A program that runs while others do their work; what it prints goes to a file. It has a session
 * of its own, so that a Ctrl-C at the terminal reaches only whoever started it.
 */
public final class BackgroundProgram implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Path log;

  private BackgroundProgram(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a program; its output is appended to {@code log}.
   *
   * @throws LabException if it cannot be started
   */
  public static BackgroundProgram start(
      String name, List<String> command, Map<String, String> environment, Path log) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.redirectInput(Path.of("/dev/null").toFile());
      return new BackgroundProgram(name, builder.start(), log);
    } catch (IOException e) {
      throw new LabException("could not run '%s'".formatted(String.join(" ", command)), e);
    }
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** The file that holds what it has printed. */
  public Path log() {
    return log;
  }

  /** All it has printed so far. */
  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits for something in its output.
   *
   * @throws LabException with the end of the output if the time is over or the program has ended
   */
  public MatchResult awaitOutput(Pattern pattern, Duration limit) {
    return Await.value(
        "'%s' in the output of %s".formatted(pattern, name),
        limit,
        () -> {
          boolean ended = !process.isAlive();
          Optional<MatchResult> found = pattern.matcher(output()).results().findFirst();
          if (found.isEmpty() && ended) {
            throw new LabException(
                "%s ended with %d; its last words: %s"
                    .formatted(name, process.exitValue(), lastWords()));
          }
          return found;
        });
  }

  /** The last lines of its output, for messages. */
  public String lastWords() {
    List<String> lines = output().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
  }

  /** Whether it runs. */
  public boolean isRunning() {
    return process.isAlive();
  }

  /** Its exit status; it has ended. */
  public int exitStatus() {
    return process.exitValue();
  }

  /** Sends it SIGINT and waits for its end. */
  public void interrupt() {
    Programs.run(List.of("kill", "-s", "INT", Long.toString(pid())), Map.of(), null, PATIENCE);
    awaitEnd();
  }

  /** Ends it with SIGKILL: it can do nothing more. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Asks it to end (SIGTERM), and waits. */
  public void terminate() {
    process.destroy();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new LabException(
            "%s had not ended %d s after it was asked to".formatted(name, PATIENCE.toSeconds()));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Kills it if it still runs. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
