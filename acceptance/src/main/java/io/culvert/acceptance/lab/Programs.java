package io.culvert.acceptance.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs programs to their end. */
public final class Programs {
  private Programs() {}

  /**
   * Runs a program and waits for its end.
   *
   * @param environment added to this process's own
   * @param input what the program reads from its standard input; null for nothing
   * @throws LabException if it cannot be started or has not ended within {@code limit}, when it is
   *     killed
   */
  public static Outcome run(
      List<String> command,
      Map<String, String> environment,
      @Nullable String input,
      Duration limit) {
    String line = String.join(" ", command);
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      Process process = builder.start();
      CompletableFuture<String> output = collect(process.getInputStream());
      CompletableFuture<String> errors = collect(process.getErrorStream());
      try (var stdin = process.getOutputStream()) {
        if (input != null) {
          stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
      }
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new LabException("'%s' took more than %d s".formatted(line, limit.toSeconds()));
      }
      return new Outcome(line, process.exitValue(), output.join(), errors.join());
    } catch (IOException e) {
      throw new LabException("could not run '%s'".formatted(line), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while '%s' was running".formatted(line), e);
    }
  }

  private static CompletableFuture<String> collect(InputStream stream) {
    CompletableFuture<String> all = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (stream) {
                all.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
              } catch (IOException e) {
                all.completeExceptionally(e);
              }
            });
    return all;
  }
}
