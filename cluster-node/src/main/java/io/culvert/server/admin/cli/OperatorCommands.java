package io.culvert.server.admin.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code culvert admin operator}. */
@Command(
    name = "operator",
    aliases = "operators",
    mixinStandardHelpOptions = true,
    description = "Manages the operators of the whole cluster. For operators.",
    footer = {
      "",
      "Examples:",
      "  culvert admin operator set grace",
      "  culvert admin operator list"
    })
final class OperatorCommands {
  @Command(
      name = "list",
      description = "Lists the operators.",
      footer = {"", "Example:", "  culvert admin operator list"})
  int list(@Mixin Call call) {
    return call.show(Call.path("operators"));
  }

  @Command(
      name = "set",
      aliases = "create",
      description = "Makes an operator, or replaces the password of one.",
      footer = {
        "",
        "Example:",
        "  culvert admin operator set grace --password-stdin < password.txt"
      })
  int set(
      @Mixin Call call,
      @Mixin Password password,
      @Parameters(paramLabel = "NAME", description = "The operator.") String name) {
    return call.change(
        "PUT",
        Call.path("operators", name),
        Call.body().put("password", password.ask(call, name)),
        Call.CHANGE);
  }

  @Command(
      name = "remove",
      description = "Removes an operator; the last one stays. Its logins end at once.",
      footer = {"", "Example:", "  culvert admin operator remove grace"})
  int remove(
      @Mixin Call call,
      @Parameters(paramLabel = "NAME", description = "The operator.") String name) {
    return call.change("DELETE", Call.path("operators", name), null, Call.CHANGE);
  }
}
