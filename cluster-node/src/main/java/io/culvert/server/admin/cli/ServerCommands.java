package io.culvert.server.admin.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvert admin server}. */
@Command(
    name = "server",
    aliases = "servers",
    mixinStandardHelpOptions = true,
    description = "Shows the servers of the cluster, and takes one out of service. For operators.",
    footer = {
      "",
      "Examples:",
      "  culvert admin servers list",
      "  culvert admin servers drain server-2"
    })
final class ServerCommands {
  @Command(
      name = "list",
      description = "Lists the servers with their state in the cluster.",
      footer = {"", "Example:", "  culvert admin server list --json"})
  int list(@Mixin Call call) {
    return call.show(Call.path("servers"));
  }

  @Command(
      name = "drain",
      description = {
        "Takes a server out of service: it is not ready any more, its agents move to the other servers,",
        "spread over its drain-delay, its entities are handed over, and its process ends."
      },
      footer = {"", "Example:", "  culvert admin servers drain server-2"})
  int drain(
      @Mixin Call call,
      @Parameters(paramLabel = "NAME", description = "Its name, as 'servers list' has it.")
          String name,
      @Option(names = "--force", description = "Even if no other server is left.") boolean force) {
    return call.change(
        "POST",
        Call.path("servers", name, "drain") + (force ? "?force=true" : ""),
        null,
        answer -> "%s: draining".formatted(answer.path("name").asText()));
  }
}
