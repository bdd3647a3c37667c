package io.culvert.agent.localapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.agent.localapi.LocalClient.LocalException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;

/** The bytes of a {@link LocalStream} at the client. {@link #stop} is for any thread. */
public final class LocalDownload implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SocketChannel channel;
  private final DataInputStream in;

  private LocalDownload(SocketChannel channel) {
    this.channel = channel;
    in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
  }

  /**
   * Asks for a stream; the agent has agreed when this returns.
   *
   * @throws LocalException if no agent runs there, or it refuses
   */
  public static LocalDownload open(Path socket, String command, Map<String, ?> arguments)
      throws LocalException {
    SocketChannel channel = LocalClient.request(socket, command, arguments);
    LocalDownload download = new LocalDownload(channel);
    try {
      var _ = download.readLine();
      return download;
    } catch (LocalException e) {
      download.close();
      throw e;
    }
  }

  /**
   * Copies the bytes until the stream ends.
   *
   * @return the agent's last word
   * @throws LocalException if the agent ends before the stream
   * @throws IOException if {@code out} fails
   */
  public JsonNode copyTo(OutputStream out) throws LocalException, IOException {
    byte[] chunk = new byte[ChunkedOutput.MAX_BYTES];
    for (int lengthBytes = read(chunk); lengthBytes > 0; lengthBytes = read(chunk)) {
      out.write(chunk, 0, lengthBytes);
      out.flush();
    }
    return readLine();
  }

  private int read(byte[] chunk) throws LocalException {
    try {
      int lengthBytes = in.readInt();
      if (lengthBytes < 0 || lengthBytes > chunk.length) {
        throw new EOFException("a chunk of %d bytes".formatted(lengthBytes));
      }
      in.readFully(chunk, 0, lengthBytes);
      return lengthBytes;
    } catch (IOException e) {
      throw ended();
    }
  }

  private JsonNode readLine() throws LocalException {
    try {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
        line.write(b);
      }
      return LocalClient.result(JSON.readTree(line.toByteArray()));
    } catch (IOException e) {
      throw ended();
    }
  }

  private static LocalException ended() {
    return new LocalException("the agent ended before the stream was complete");
  }

  /** Asks the agent to end the stream in order; {@link #copyTo} goes on until it has. */
  public void stop() {
    try {
      var _ = channel.shutdownOutput();
    } catch (IOException alreadyOver) {
      // There is nothing to stop any more.
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the connection to the agent", e);
    }
  }
}
