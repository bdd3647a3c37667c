package io.culvert.server.admin.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert admin server}. */
@Command(
    name = "server",
    aliases = "servers",
    mixinStandardHelpOptions = true,
    description = "Shows the servers of the cluster. For operators.",
    footer = {"", "Example:", "  culvert admin server list"})
final class ServerCommands {
  @Command(
      name = "list",
      description = "Lists the servers with their state in the cluster.",
      footer = {"", "Example:", "  culvert admin server list --json"})
  int list(@Mixin Call call) {
    return call.show(Call.path("servers"));
  }
}
