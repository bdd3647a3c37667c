package io.culvert.agent.localapi;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;

/** An answer of many bytes, and a last word. Called on the connection's thread; may block. */
public interface LocalStream extends AutoCloseable {
  /**
   * Writes the bytes; {@code out} stays open.
   *
   * @param out what is written there reaches the client with {@link OutputStream#flush} at the
   *     latest
   * @param wanted false once the client has closed its side and waits for the end
   * @return the last word, which becomes JSON
   * @throws IOException if the client is gone
   */
  Object write(OutputStream out, BooleanSupplier wanted) throws IOException;

  /** Called once, after {@link #write} or instead of it, when the client is gone. */
  @Override
  void close();
}
