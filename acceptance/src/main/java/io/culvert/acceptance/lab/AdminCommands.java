package io.culvert.acceptance.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code ./culvert admin}, typed by an administrator at one host of the laboratory. */
public final class AdminCommands {
  private final LabHost host;
  private final List<String> options;

  /**
   * An administrator at a keyboard.
   *
   * @param host where the command runs
   * @param options said with every command, for example where the session is kept
   */
  public AdminCommands(LabHost host, List<String> options) {
    this.host = host;
    this.options = List.copyOf(options);
  }

  /** Types one command and gives its outcome, good or bad. */
  public Outcome type(String... words) {
    return type(null, words);
  }

  /**
   * Types one command.
   *
   * @param input what it reads from its standard input, null for nothing
   */
  public Outcome type(@Nullable String input, String[] words) {
    List<String> arguments = new ArrayList<>(List.of("admin"));
    arguments.addAll(options);
    arguments.addAll(Arrays.asList(words));
    return host.culvert(arguments, input);
  }
}
