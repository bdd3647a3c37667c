package io.culvert.agent.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.agent.localapi.LocalClient.LocalException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TopScreenTest {
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  private Terminal terminal(InputStream keys) throws IOException {
    Terminal terminal = new ExternalTerminal("test", "xterm", keys, output, StandardCharsets.UTF_8);
    terminal.setSize(new Size(30, 5));
    return terminal;
  }

  @Test
  void redrawsUntilQ() throws Exception {
    AtomicInteger pictures = new AtomicInteger();
    PipedOutputStream keys = new PipedOutputStream();
    try (Terminal terminal = terminal(new PipedInputStream(keys))) {
      TopScreen.show(
          terminal,
          () -> {
            int picture = pictures.incrementAndGet();
            if (picture == 3) {
              press(keys, "xq");
            }
            return List.of("picture " + picture, "a line that is wider than the terminal is");
          },
          50);
    }
    assertThat(pictures).hasValue(3);
    assertThat(output.toString(StandardCharsets.UTF_8))
        .contains("picture 1", "a line that is wider than the", "ends")
        .doesNotContain("the terminal", "\uFFFF");
  }

  @Test
  void endsWithItsInput() throws Exception {
    try (Terminal terminal = terminal(new ByteArrayInputStream(new byte[0]))) {
      TopScreen.show(terminal, () -> List.of("once"), 60_000);
    }
    assertThat(output.toString(StandardCharsets.UTF_8)).contains("once");
  }

  @Test
  void leavesTheTerminalAsItWasWhenTheAgentGoes() throws Exception {
    try (Terminal terminal = terminal(new PipedInputStream(new PipedOutputStream()))) {
      var before = terminal.getAttributes().toString();
      assertThatExceptionOfType(LocalException.class)
          .isThrownBy(
              () ->
                  TopScreen.show(
                      terminal,
                      () -> {
                        throw new LocalException("gone");
                      },
                      50));
      assertThat(terminal.getAttributes()).hasToString(before);
    }
  }

  private static void press(PipedOutputStream keys, String pressed) {
    try {
      keys.write(pressed.getBytes(StandardCharsets.US_ASCII));
      keys.flush();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
