package io.culvert.server.admin.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvert admin organization}. */
@Command(
    name = "organization",
    aliases = {"org", "organizations"},
    mixinStandardHelpOptions = true,
    description = "Makes and shows organizations.",
    footer = {
      "",
      "Examples:",
      "  culvert admin organization create acme",
      "  culvert admin organization list"
    })
final class OrganizationCommands {
  @Command(
      name = "create",
      description = "Makes an organization. For operators.",
      footer = {
        "",
        "Example:",
        "  culvert admin organization create acme --display-name \"Acme Corporation\""
      })
  int create(
      @Mixin Call call,
      @Parameters(paramLabel = "ORG", description = "Its name.") String organization,
      @Option(names = "--display-name", paramLabel = "TEXT", description = "A name for people.")
          @Nullable String displayName) {
    ObjectNode body = Call.body().put("name", organization);
    if (displayName != null) {
      body.put("displayName", displayName);
    }
    return call.change("POST", Call.path("organizations"), body, Call.CHANGE);
  }

  @Command(
      name = "list",
      description = "Lists the organizations that you may manage.",
      footer = {"", "Example:", "  culvert admin organization list --json"})
  int list(@Mixin Call call) {
    return call.show(Call.path("organizations"));
  }

  @Command(
      name = "show",
      description = "Shows an organization with its VPNs, nodes and administrators.",
      footer = {"", "Example:", "  culvert admin organization show acme"})
  int show(
      @Mixin Call call,
      @Parameters(paramLabel = "ORG", description = "Its name.") String organization) {
    return call.show(Call.path("organizations", organization));
  }
}
