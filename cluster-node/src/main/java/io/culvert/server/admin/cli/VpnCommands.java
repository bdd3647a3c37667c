package io.culvert.server.admin.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.model.identity.VpnId;
import io.culvert.server.admin.cli.Choices.Ciphers;
import io.culvert.server.admin.cli.Choices.Topologies;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvert admin vpn}. */
@Command(
    name = "vpn",
    aliases = "vpns",
    mixinStandardHelpOptions = true,
    description = "Makes, shows, changes and deletes VPNs.",
    footer = {
      "",
      "Examples:",
      "  culvert admin vpn create acme/office",
      "  culvert admin vpn set acme/office --cipher aes-128-gcm --wait",
      "  culvert admin vpn show acme/office"
    })
final class VpnCommands {
  private static final String LABEL = "ORG/VPN";

  static String path(VpnId vpn, String... below) {
    String[] segments = new String[4 + below.length];
    segments[0] = "organizations";
    segments[1] = vpn.organization();
    segments[2] = "vpns";
    segments[3] = vpn.name();
    System.arraycopy(below, 0, segments, 4, below.length);
    return Call.path(segments);
  }

  @Command(
      name = "create",
      sortOptions = false,
      description = "Makes a VPN.",
      footer = {
        "",
        "Examples:",
        "  culvert admin vpn create acme/office",
        "  culvert admin vpn create acme/plants --topology hub-and-spoke --ipv4-pool 10.40.0.0/16"
      })
  int create(
      @Mixin Call call,
      @Mixin Changes changes,
      @Parameters(paramLabel = LABEL, description = "Its organization and name.") VpnId vpn,
      @Option(
              names = "--cipher",
              paramLabel = "CIPHER",
              converter = Ciphers.class,
              completionCandidates = Ciphers.class,
              description = "${COMPLETION-CANDIDATES}; the first is the default.")
          @Nullable String cipher,
      @Option(
              names = "--topology",
              paramLabel = "TOPOLOGY",
              converter = Topologies.class,
              completionCandidates = Topologies.class,
              description = "${COMPLETION-CANDIDATES}; the first is the default.")
          @Nullable String topology,
      @Option(
              names = "--ipv4-pool",
              paramLabel = "PREFIX",
              description = "Of virtual addresses; default: a free /16 of 100.64.0.0/10.")
          @Nullable String ipv4Pool,
      @Option(
              names = "--ipv6-pool",
              paramLabel = "PREFIX",
              description = "Of virtual addresses; default: a unique local /64.")
          @Nullable String ipv6Pool) {
    ObjectNode body = Call.body().put("name", vpn.name());
    putGiven(body, "cipherSuite", cipher);
    putGiven(body, "topology", topology);
    putGiven(body, "ipv4Pool", ipv4Pool);
    putGiven(body, "ipv6Pool", ipv6Pool);
    return changes.make(call, "POST", Call.path("organizations", vpn.organization(), "vpns"), body);
  }

  private static void putGiven(ObjectNode body, String field, @Nullable String value) {
    if (value != null) {
      body.put(field, value);
    }
  }

  @Command(
      name = "list",
      description = "Lists the VPNs of an organization.",
      footer = {"", "Example:", "  culvert admin vpn list acme"})
  int list(
      @Mixin Call call,
      @Parameters(paramLabel = "ORG", description = "The organization.") String organization) {
    return call.show(Call.path("organizations", organization, "vpns"));
  }

  @Command(
      name = "show",
      aliases = "status",
      description = "Shows a VPN, and how many of its agents have applied its revision.",
      footer = {"", "Example:", "  culvert admin vpn show acme/office"})
  int show(
      @Mixin Call call,
      @Parameters(paramLabel = LABEL, description = "Its organization and name.") VpnId vpn) {
    return call.show(path(vpn));
  }

  /** One of the settings that can be changed. */
  static final class Setting {
    @Option(
        names = "--cipher",
        paramLabel = "CIPHER",
        converter = Ciphers.class,
        completionCandidates = Ciphers.class,
        description = "${COMPLETION-CANDIDATES}. The tunnels get new keys without a gap.")
    private @Nullable String cipher;

    @Option(
        names = "--topology",
        paramLabel = "TOPOLOGY",
        converter = Topologies.class,
        completionCandidates = Topologies.class,
        description = "${COMPLETION-CANDIDATES}.")
    private @Nullable String topology;

    @Option(
        names = "--allow-legacy",
        negatable = true,
        description =
            "Whether ciphers for old devices only (3des) may be chosen; they are weaker, and each key carries at most 1 GiB.")
    private @Nullable Boolean allowLegacy;
  }

  @Command(
      name = "set",
      description = "Changes one setting of a VPN.",
      footer = {
        "",
        "Examples:",
        "  culvert admin vpn set acme/office --cipher aes-128-gcm",
        "  culvert admin vpn set acme/office --topology hub-and-spoke --wait",
        "  culvert admin vpn set acme/office --allow-legacy"
      })
  int set(
      @Mixin Call call,
      @Mixin Changes changes,
      @Parameters(paramLabel = LABEL, description = "Its organization and name.") VpnId vpn,
      @ArgGroup(multiplicity = "1") Setting setting) {
    ObjectNode body = Call.body();
    putGiven(body, "cipherSuite", setting.cipher);
    putGiven(body, "topology", setting.topology);
    if (setting.allowLegacy != null) {
      body.put("legacyAllowed", setting.allowLegacy);
    }
    return changes.make(call, "PATCH", path(vpn), body);
  }

  @Command(
      name = "rekey",
      aliases = "renew",
      description = "Begins a new secret epoch: all pairs get new keys, without a gap.",
      footer = {"", "Example:", "  culvert admin vpn rekey acme/office --wait"})
  int rekey(
      @Mixin Call call,
      @Mixin Changes changes,
      @Parameters(paramLabel = LABEL, description = "Its organization and name.") VpnId vpn) {
    return changes.make(call, "POST", path(vpn, "rekey"), null);
  }

  @Command(
      name = "delete",
      description = "Ends a VPN and all its memberships. Its name cannot be used again.",
      footer = {"", "Example:", "  culvert admin vpn delete acme/office"})
  int delete(
      @Mixin Call call,
      @Mixin Changes changes,
      @Parameters(paramLabel = LABEL, description = "Its organization and name.") VpnId vpn) {
    return changes.make(call, "DELETE", path(vpn), null);
  }
}
