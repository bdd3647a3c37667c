package io.culvert.agent.main;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.agent.localapi.LocalClient;
import io.culvert.agent.localapi.LocalClient.LocalException;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code culvert agent top}. */
@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    description = "Shows each second what passes: per peer, the busiest first; drops; batches.",
    footer = {
      "",
      "Without a terminal, and with --count, one block of text each second.",
      "",
      "Examples:",
      "  culvert agent top                        q ends",
      "  culvert agent top --count 1              one block, for scripts"
    })
final class TopCommand implements Callable<Integer> {
  private static final long INTERVAL_MILLIS = 1000;

  @Mixin private StateOption state = new StateOption();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Print N blocks of text, one each second, and end.")
  private @Nullable Integer count;

  @Spec private @Nullable CommandSpec spec;

  private @Nullable JsonNode before;
  private long beforeNanos;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (count != null && count < 1) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '--count': %d is below 1".formatted(count));
    }
    try {
      before = ask();
      beforeNanos = System.nanoTime();
      pause();
      if (count == null && hasTerminal()) {
        TopScreen.show(this::next, INTERVAL_MILLIS);
      } else {
        print(out);
      }
      return 0;
    } catch (LocalException e) {
      spec.commandLine().getErr().println("culvert agent: " + e.getMessage());
      spec.commandLine().getErr().flush();
      return 1;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the terminal", e);
    }
  }

  @SuppressWarnings("SystemConsoleNull") // JDK 25 has its older console again, which may be null
  private static boolean hasTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private void print(PrintWriter out) throws LocalException {
    for (int block = 0; count == null || block < count; block++) {
      if (block > 0) {
        out.println();
        pause();
      }
      next().forEach(out::println);
      out.flush();
    }
  }

  private List<String> next() throws LocalException {
    JsonNode now = ask();
    long nanos = System.nanoTime();
    TopRates rates =
        TopRates.between(Objects.requireNonNull(before), now, (nanos - beforeNanos) / 1e9);
    before = now;
    beforeNanos = nanos;
    return TopText.lines(rates);
  }

  private JsonNode ask() throws LocalException {
    return LocalClient.ask(state.directory().socket(), "status", Map.of());
  }

  private static void pause() {
    long deadline = System.nanoTime() + INTERVAL_MILLIS * 1_000_000;
    for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
