package io.culvert.acceptance.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.AgentProgram;
import io.culvert.acceptance.lab.LabExtension;
import io.culvert.acceptance.lab.Members;
import io.culvert.acceptance.lab.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Oversized and malformed bytes from a stranger, at both doors: no harm, and no noise. */
class RudeClientsIT {
  private static final String SCRIPT = "rude_client.py";
  private static final int GATEWAY_PORT = 443;
  private static final int ADMIN_PORT = 8443;

  @RegisterExtension static final LabExtension lab = new LabExtension("rude");

  private static String rude(int port, String kind) throws IOException {
    try (InputStream script =
        Objects.requireNonNull(RudeClientsIT.class.getResourceAsStream(SCRIPT))) {
      Outcome outcome =
          lab.host("ext")
              .run(
                  List.of("python3", "-", "198.18.2.2", String.valueOf(port), kind),
                  new String(script.readAllBytes(), StandardCharsets.UTF_8));
      return outcome.orFail().output();
    }
  }

  @Test
  void strangersBytesNeitherHurtTheServerNorFillItsLog() throws IOException {
    Administrator administrator = lab.administrator();
    administrator.createOrganization("calm");
    administrator.createVpn("calm/office");
    AgentProgram before = Members.join(administrator, lab.host("pub"), "calm", "calm/office");

    for (String kind :
        List.of("noise", "half-hello", "huge-hello", "noise-in-tls", "oversized-frame")) {
      assertThat(rude(GATEWAY_PORT, kind)).as(kind).doesNotStartWith("left alone");
    }
    assertThat(rude(GATEWAY_PORT, "oversized-message")).contains("message exceeds maximum size");
    assertThat(rude(GATEWAY_PORT, "malformed-message")).contains("no EnrollRequest");
    for (String kind :
        List.of(
            "noise",
            "half-hello",
            "huge-hello",
            "noise-in-tls",
            "oversized-header",
            "oversized-body")) {
      assertThat(rude(ADMIN_PORT, kind)).as(kind).doesNotStartWith("left alone");
    }
    assertThat(rude(ADMIN_PORT, "malformed-body")).contains("HTTP/1.1 400");

    administrator.type("whoami").orFail();
    AgentProgram after = Members.join(administrator, lab.host("p1"), "calm", "calm/office");
    assertThat(after.status().at("/vpns/0/peers/0/online").asBoolean()).isTrue();
    assertThat(before.status().at("/links").asInt()).isEqualTo(1);
    assertThat(lab.server().output()).doesNotContain("\tat ", "Exception");
  }
}
