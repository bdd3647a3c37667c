package io.culvert.agent.main;

import io.culvert.agent.localapi.LocalClient.LocalException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/**
 * A whole terminal that shows one picture after another until {@code q}, Ctrl-C or the end of its
 * input. Owned by the main thread.
 */
final class TopScreen {
  private static final int DEFAULT_COLUMNS = 80;
  private static final int DEFAULT_ROWS = 24;

  private TopScreen() {}

  /** The next picture. */
  interface Pictures {
    /**
     * Its lines.
     *
     * @throws LocalException if the agent is gone
     */
    List<String> next() throws LocalException;
  }

  /**
   * Shows pictures on the terminal of this process.
   *
   * @throws LocalException if the agent is gone; the terminal is as before then
   */
  static void show(Pictures pictures, long intervalMillis) throws LocalException, IOException {
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      show(terminal, pictures, intervalMillis);
    }
  }

  static void show(Terminal terminal, Pictures pictures, long intervalMillis)
      throws LocalException, IOException {
    AtomicBoolean interrupted = new AtomicBoolean();
    var _ = terminal.handle(Terminal.Signal.INT, signal -> interrupted.set(true));
    Attributes before = terminal.enterRawMode();
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    try {
      do {
        draw(terminal, pictures.next());
      } while (!endsWithin(terminal.reader(), intervalMillis) && !interrupted.get());
    } finally {
      terminal.puts(Capability.exit_ca_mode);
      terminal.puts(Capability.cursor_visible);
      terminal.setAttributes(before);
      terminal.flush();
    }
  }

  /** Line by line over what was there; the last column stays free, so that no line wraps. */
  private static void draw(Terminal terminal, List<String> lines) {
    Size size = terminal.getSize();
    int rows = size.getRows() > 0 ? size.getRows() : DEFAULT_ROWS;
    int columns = (size.getColumns() > 0 ? size.getColumns() : DEFAULT_COLUMNS) - 1;
    terminal.puts(Capability.cursor_home);
    for (int row = 0; row < rows - 1; row++) {
      String line = row < lines.size() ? lines.get(row) : "";
      terminal.writer().print(new AttributedString(line).columnSubSequence(0, columns).toAnsi());
      terminal.puts(Capability.clr_eol);
      terminal.writer().print("\r\n");
    }
    AttributedString help = new AttributedString("q ends", AttributedStyle.INVERSE);
    terminal.writer().print(help.columnSubSequence(0, columns).toAnsi(terminal));
    terminal.puts(Capability.clr_eol);
    terminal.flush();
  }

  /** Waits for a key as long as it may; whether it was one that ends. */
  private static boolean endsWithin(NonBlockingReader keys, long millis) throws IOException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    for (long left = millis; left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
      int key = keys.read(left);
      if (key == 'q' || key == 'Q' || key == NonBlockingReader.EOF) {
        return true;
      }
      if (key == NonBlockingReader.READ_EXPIRED) {
        return false;
      }
    }
    return false;
  }
}
