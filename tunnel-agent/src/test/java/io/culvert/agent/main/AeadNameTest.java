package io.culvert.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.dataplane.AeadPreference;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AeadNameTest {
  @Test
  void namesBothPreferences() {
    assertThat(new AeadName.Candidates())
        .extracting(new AeadName()::convert)
        .containsExactly(AeadPreference.FASTEST, AeadPreference.JDK);
  }

  @Test
  void anUnknownImplementationIsAUsageErrorThatNamesTheChoices() {
    StringWriter err = new StringWriter();
    CommandLine commands = AgentCommand.commandLine();
    commands.setErr(new PrintWriter(err, true));

    assertThat(commands.execute("up", "--aead", "openssl")).isEqualTo(2);
    assertThat(err.toString()).contains("'openssl' is no implementation: use fastest or jdk");
  }
}
