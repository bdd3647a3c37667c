package io.culvert.acceptance.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.AgentProgram;
import io.culvert.acceptance.lab.LabExtension;
import io.culvert.acceptance.lab.Members;
import io.culvert.acceptance.lab.Ping;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One agent to which changes are pushed, one that asks every second, and one that hardly does. */
class PullIT {
  private static final String VPN = "pull/office";

  @RegisterExtension static final LabExtension lab = new LabExtension("pull");

  @Test
  void hearsOfChangesAtItsOwnInterval() {
    Administrator administrator = lab.administrator();
    administrator.createOrganization("pull");
    administrator.createVpn(VPN);
    administrator.createNode("pull/guest");
    AgentProgram pushed = Members.join(administrator, lab.host("p1"), "pull", VPN);
    AgentProgram often = join(administrator, "n1", "1s");
    AgentProgram hardly = join(administrator, "pub", "24h");

    Administrator.Change change = administrator.admit(VPN, "pull/guest");
    var _ = pushed.awaitApplied(VPN, change);
    var _ = often.awaitApplied(VPN, change);

    assertThat(hardly.revision(VPN)).isLessThan(change.revision());
    assertThat(hardly.status().at("/pull/intervalMillis").asLong()).isEqualTo(86_400_000);
    assertThat(hardly.ask("status").orFail().output())
        .contains("pull    every 86400 s, last not yet");
    assertThat(often.status().at("/pull/pulledAt").isTextual()).isTrue();
    JsonNode members = administrator.type("member", "list", VPN, "--json").json();
    assertThat(member(members, pushed).at("/pullIntervalMillis").asLong(-1)).isZero();
    assertThat(member(members, often).at("/pullIntervalMillis").asLong()).isEqualTo(1_000);
    assertThat(member(members, often).at("/appliedRevision").asLong()).isEqualTo(change.revision());
    assertThat(member(members, hardly).at("/pullIntervalMillis").asLong()).isEqualTo(86_400_000);
    assertThat(member(members, hardly).at("/appliedRevision").asLong())
        .isLessThan(change.revision());

    for (String address : often.virtualAddresses(VPN)) {
      assertThat(Ping.five(lab.host("pub"), address).answered()).isEqualTo(5);
    }
    hardly.terminate();
    hardly.up("--pull", "1s");
    var _ = hardly.awaitLinked();
    assertThat(hardly.revision(VPN)).isEqualTo(change.revision());
  }

  private static AgentProgram join(Administrator administrator, String host, String interval) {
    AgentProgram agent = Members.enrollable(administrator, lab.host(host), "pull");
    var _ = administrator.admit(VPN, agent.nodeId());
    agent.up("--pull", interval);
    var _ = agent.awaitLinked();
    return agent;
  }

  private static JsonNode member(JsonNode members, AgentProgram agent) {
    return members
        .valueStream()
        .filter(member -> member.at("/node").asText().equals(agent.nodeId()))
        .findFirst()
        .orElseThrow();
  }
}
