package io.culvert.server.admin.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code culvert admin administrator}. */
@Command(
    name = "administrator",
    aliases = "administrators",
    mixinStandardHelpOptions = true,
    description = "Manages those who manage one organization. They log in as NAME@ORGANIZATION.",
    footer = {"", "Example:", "  culvert admin administrator set acme eve"})
final class AdministratorCommands {
  private static String path(String organization, String name) {
    return Call.path("organizations", organization, "administrators", name);
  }

  @Command(
      name = "set",
      aliases = "create",
      description = "Makes an administrator of one organization, or replaces the password of one.",
      footer = {
        "",
        "Example:",
        "  culvert admin administrator set acme eve --password-stdin < password.txt"
      })
  int set(
      @Mixin Call call,
      @Mixin Password password,
      @Parameters(paramLabel = "ORG", description = "The organization.") String organization,
      @Parameters(paramLabel = "NAME", description = "The administrator.") String name) {
    return call.change(
        "PUT",
        path(organization, name),
        Call.body().put("password", password.ask(call, name + "@" + organization)),
        Call.CHANGE);
  }

  @Command(
      name = "remove",
      description = "Removes an administrator. Its logins end at once.",
      footer = {"", "Example:", "  culvert admin administrator remove acme eve"})
  int remove(
      @Mixin Call call,
      @Parameters(paramLabel = "ORG", description = "The organization.") String organization,
      @Parameters(paramLabel = "NAME", description = "The administrator.") String name) {
    return call.change("DELETE", path(organization, name), null, Call.CHANGE);
  }
}
