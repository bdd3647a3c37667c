package io.culvert.benchmarks.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.benchmarks.BenchCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What is refused before anything is built. */
class TunnelCommandTest {
  private final StringWriter err = new StringWriter();

  @Test
  void refusesAPeerThatItDoesNotKnow() {
    assertThat(run("--peer", "hamachi")).isEqualTo(2);
    assertThat(err.toString()).contains("there is no peer 'hamachi'; there are: wireguard-go");
  }

  @Test
  void refusesPeersInTheQuickForm() {
    assertThat(run("--quick", "--peer", "nebula")).isEqualTo(2);
    assertThat(err.toString()).contains("--quick measures no peers");
  }

  @Test
  void refusesRoundsAndSecondsBelowOne() {
    assertThat(run("--rounds", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--rounds and --seconds are at least 1");
    assertThat(run("--seconds", "-1")).isEqualTo(2);
  }

  private int run(String... options) {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "tunnel";
    System.arraycopy(options, 0, arguments, 1, options.length);
    CommandLine commands = BenchCommand.commandLine();
    commands.setErr(new PrintWriter(err, true));
    return commands.execute(arguments);
  }
}
