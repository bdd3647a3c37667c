package io.culvert.server.admin.cli;

import picocli.CommandLine.Option;

/** The option of commands that set somebody's password. */
final class Password {
  @Option(
      names = "--password-stdin",
      description = "Read the password from standard input instead of asking for it.")
  private boolean fromInput;

  /** The password; on a terminal it is typed twice. */
  String ask(Call call, String user) {
    Surroundings around = call.surroundings();
    if (fromInput) {
      return around.line("the password");
    }
    String instead = "use --password-stdin";
    String chosen = around.ask("Password for %s: ".formatted(user), instead);
    if (!chosen.equals(around.ask("The same again: ", instead))) {
      throw CommandFailure.local("the two differ; nothing was changed");
    }
    return chosen;
  }
}
