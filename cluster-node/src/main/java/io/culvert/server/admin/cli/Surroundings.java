package io.culvert.server.admin.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a command finds around it.
 *
 * @param input standard input
 * @param environment environment variables
 * @param keyboard asks a person for a password without echo; null if there is no terminal
 */
record Surroundings(
    BufferedReader input, Map<String, String> environment, @Nullable Keyboard keyboard) {

  /** Asks without echo. */
  interface Keyboard {
    /** What was typed; null at the end of the input. */
    char @Nullable [] password(String prompt);
  }

  /** This process's own. */
  static Surroundings ofProcess() {
    Keyboard keyboard =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .<Keyboard>map(console -> prompt -> console.readPassword("%s", prompt))
            .orElse(null);
    return new Surroundings(
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
        System.getenv(),
        keyboard);
  }

  /**
   * The next line of standard input.
   *
   * @param what it should have been, for the message if it is not there
   */
  String line(String what) {
    try {
      String line = input.readLine();
      if (line == null || line.isEmpty()) {
        throw CommandFailure.local("standard input has no line with %s".formatted(what));
      }
      return line;
    } catch (IOException e) {
      throw CommandFailure.local("cannot read standard input: " + e.getMessage());
    }
  }

  /** All that is left of standard input. */
  String rest() {
    try {
      return input.readAllAsString();
    } catch (IOException e) {
      throw CommandFailure.local("cannot read standard input: " + e.getMessage());
    }
  }

  /** What a person types. */
  String ask(String prompt, String instead) {
    char[] typed = keyboard == null ? null : keyboard.password(prompt);
    if (typed == null) {
      throw CommandFailure.local("there is no terminal to ask for a password: " + instead);
    }
    return new String(typed);
  }

  /** Where the session is kept: {@code CULVERT_ADMIN_SESSION}, or the XDG place. */
  Path sessionFile() {
    String named = environment.get("CULVERT_ADMIN_SESSION");
    if (named != null && !named.isEmpty()) {
      return Path.of(named);
    }
    String configuration = environment.get("XDG_CONFIG_HOME");
    Path base =
        configuration == null || configuration.isEmpty()
            ? Path.of(environment.getOrDefault("HOME", "."), ".config")
            : Path.of(configuration);
    return base.resolve("culvert").resolve("admin.json");
  }
}
