package io.culvert.server.admin.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.server.admin.cli.Choices.Roles;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvert admin member}. */
@Command(
    name = "member",
    aliases = "members",
    mixinStandardHelpOptions = true,
    description = "Admits nodes to VPNs, and removes them.",
    footer = {
      "",
      "Examples:",
      "  culvert admin member add acme/office acme/laptop",
      "  culvert admin member list acme/office"
    })
final class MemberCommands {
  private static final String VPN = "ORG/VPN";
  private static final String NODE = "ORG/NODE";

  private static String path(VpnId vpn, NodeId node) {
    if (!node.organization().equals(vpn.organization())) {
      throw CommandFailure.local("%s belongs to another organization than %s".formatted(node, vpn));
    }
    return VpnCommands.path(vpn, "members", node.name());
  }

  @Command(
      name = "add",
      description = "Makes a node a member, or changes the role of one.",
      footer = {
        "",
        "Examples:",
        "  culvert admin member add acme/office acme/laptop --wait",
        "  culvert admin member add acme/plants acme/headquarters --role hub"
      })
  int add(
      @Mixin Call call,
      @Mixin Changes changes,
      @Parameters(paramLabel = VPN, description = "The VPN.") VpnId vpn,
      @Parameters(paramLabel = NODE, description = "The node.") NodeId node,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              converter = Roles.class,
              completionCandidates = Roles.class,
              description = "${COMPLETION-CANDIDATES}; a new member is a spoke by default.")
          @Nullable String role) {
    ObjectNode body = Call.body();
    if (role != null) {
      body.put("role", role);
    }
    return changes.make(call, "PUT", path(vpn, node), body);
  }

  @Command(
      name = "remove",
      description = "Ends a membership: the other members refuse the node at once.",
      footer = {"", "Example:", "  culvert admin member remove acme/office acme/laptop --wait"})
  int remove(
      @Mixin Call call,
      @Mixin Changes changes,
      @Parameters(paramLabel = VPN, description = "The VPN.") VpnId vpn,
      @Parameters(paramLabel = NODE, description = "The node.") NodeId node) {
    return changes.make(call, "DELETE", path(vpn, node), null);
  }

  @Command(
      name = "list",
      description = "Lists the members with their virtual addresses and what they have applied.",
      footer = {"", "Example:", "  culvert admin member list acme/office"})
  int list(@Mixin Call call, @Parameters(paramLabel = VPN, description = "The VPN.") VpnId vpn) {
    return call.show(VpnCommands.path(vpn, "members"));
  }
}
