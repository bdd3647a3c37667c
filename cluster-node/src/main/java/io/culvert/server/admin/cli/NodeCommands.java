package io.culvert.server.admin.cli;

import io.culvert.model.identity.NodeId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvert admin node}. */
@Command(
    name = "node",
    aliases = "nodes",
    mixinStandardHelpOptions = true,
    description = "Makes, imports, shows, suspends and deletes nodes.",
    subcommands = NodeImportCommand.class,
    footer = {
      "",
      "Examples:",
      "  culvert admin node create acme/laptop",
      "  culvert admin node import acme nodes.csv --vpn office --tokens tokens.csv",
      "  culvert admin node suspend acme/laptop"
    })
final class NodeCommands {
  private static final String LABEL = "ORG/NODE";
  private static final String WHICH = "Its organization and name.";

  static String path(NodeId node, String... below) {
    String[] segments = new String[4 + below.length];
    segments[0] = "organizations";
    segments[1] = node.organization();
    segments[2] = "nodes";
    segments[3] = node.name();
    System.arraycopy(below, 0, segments, 4, below.length);
    return Call.path(segments);
  }

  @Command(
      name = "create",
      description = {
        "Makes a node. It logs on with a certificate, for which it needs a token (culvert admin token create),",
        "or with a user name and password, if those are given here."
      },
      footer = {
        "",
        "Examples:",
        "  culvert admin node create acme/laptop",
        "  culvert admin node create acme/laptop --user eve --password-stdin < password.txt"
      })
  int create(
      @Mixin Call call,
      @Mixin Password password,
      @Parameters(paramLabel = LABEL, description = WHICH) NodeId node,
      @Option(names = "--user", paramLabel = "NAME", description = "User name for logons.")
          @Nullable String user) {
    // Asked for first: a node without the intended password would be half a node.
    String chosen = user == null ? null : password.ask(call, user);
    int status =
        call.change(
            "POST",
            Call.path("organizations", node.organization(), "nodes"),
            Call.body().put("name", node.name()),
            Call.CHANGE);
    if (user != null && chosen != null) {
      var _ = setPassword(call, node, user, chosen);
    }
    return status;
  }

  private static AdminClient.Answer setPassword(
      Call call, NodeId node, String user, String chosen) {
    return call.send(
        "PUT", path(node, "password"), Call.body().put("userName", user).put("password", chosen));
  }

  @Command(
      name = "password",
      description = "Sets the user name and password with which the node may log on.",
      footer = {"", "Example:", "  culvert admin node password acme/laptop --user eve"})
  int password(
      @Mixin Call call,
      @Mixin Password password,
      @Parameters(paramLabel = LABEL, description = WHICH) NodeId node,
      @Option(
              names = "--user",
              required = true,
              paramLabel = "NAME",
              description = "User name for logons.")
          String user) {
    return call.print(setPassword(call, node, user, password.ask(call, user)), Call.CHANGE);
  }

  @Command(
      name = "list",
      description = "Lists the nodes of an organization.",
      footer = {"", "Example:", "  culvert admin node list acme"})
  int list(
      @Mixin Call call,
      @Parameters(paramLabel = "ORG", description = "The organization.") String organization) {
    return call.show(Call.path("organizations", organization, "nodes"));
  }

  @Command(
      name = "show",
      description = "Shows a node: its state, its VPNs, its credentials.",
      footer = {"", "Example:", "  culvert admin node show acme/laptop"})
  int show(@Mixin Call call, @Parameters(paramLabel = LABEL, description = WHICH) NodeId node) {
    return call.show(path(node));
  }

  @Command(
      name = "suspend",
      description = "Forbids logons of a node, and ends its session.",
      footer = {"", "Example:", "  culvert admin node suspend acme/laptop"})
  int suspend(@Mixin Call call, @Parameters(paramLabel = LABEL, description = WHICH) NodeId node) {
    return call.change("POST", path(node, "suspend"), null, Call.CHANGE);
  }

  @Command(
      name = "resume",
      description = "Allows logons of a node again.",
      footer = {"", "Example:", "  culvert admin node resume acme/laptop"})
  int resume(@Mixin Call call, @Parameters(paramLabel = LABEL, description = WHICH) NodeId node) {
    return call.change("POST", path(node, "resume"), null, Call.CHANGE);
  }

  @Command(
      name = "delete",
      description = "Takes a node out of its VPNs and ends it. Its name cannot be used again.",
      footer = {"", "Example:", "  culvert admin node delete acme/laptop"})
  int delete(@Mixin Call call, @Parameters(paramLabel = LABEL, description = WHICH) NodeId node) {
    return call.change("DELETE", path(node), null, Call.CHANGE);
  }
}
