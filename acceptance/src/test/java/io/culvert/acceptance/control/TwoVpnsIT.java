package io.culvert.acceptance.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.AgentProgram;
import io.culvert.acceptance.lab.LabExtension;
import io.culvert.acceptance.lab.Members;
import io.culvert.acceptance.lab.Ping;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TwoVpnsIT {
  @RegisterExtension static final LabExtension lab = new LabExtension("twovpns");

  @Test
  void oneAgentInTwoVpnsReachesTheMembersOfBothWhoDoNotReachEachOther() {
    Administrator administrator = lab.administrator();
    administrator.createOrganization("two");
    administrator.createVpn("two/red");
    administrator.createVpn("two/blue");
    AgentProgram both = Members.join(administrator, lab.host("pub"), "two", "two/red", "two/blue");
    AgentProgram red = Members.join(administrator, lab.host("p1"), "two", "two/red");
    AgentProgram blue = Members.join(administrator, lab.host("n1"), "two", "two/blue");

    for (String address : both.virtualAddresses("two/red")) {
      assertThat(Ping.five(lab.host("p1"), address).answered()).isEqualTo(5);
    }
    for (String address : both.virtualAddresses("two/blue")) {
      assertThat(Ping.five(lab.host("n1"), address).answered()).isEqualTo(5);
    }
    for (String address : red.virtualAddresses("two/red")) {
      assertThat(Ping.five(lab.host("pub"), address).answered()).isEqualTo(5);
      assertThat(Ping.answered(lab.host("n1"), address)).isFalse();
    }
    for (String address : blue.virtualAddresses("two/blue")) {
      assertThat(Ping.five(lab.host("pub"), address).answered()).isEqualTo(5);
      assertThat(Ping.answered(lab.host("p1"), address)).isFalse();
    }
  }
}
