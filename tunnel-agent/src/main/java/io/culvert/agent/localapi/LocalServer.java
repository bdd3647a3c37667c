package io.culvert.agent.localapi;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests at a Unix socket that only its owner may open. A request is one line {@code
 * {"command": ..}}, the answer one line of JSON: {@code {"result": ..}} or {@code {"error": ".."}}.
 * After the line {@code {"result": {"stream": true}}} come the bytes of a {@link LocalStream} in
 * chunks ({@link ChunkedOutput}), and then one more line.
 */
public final class LocalServer implements AutoCloseable {
  /** The longest request in bytes. */
  static final int MAX_REQUEST_BYTES = 16 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);
  private static final int MAX_CONNECTIONS = 32;
  private static final String RESULT = "result";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path socket;
  private final ServerSocketChannel channel;
  private final LocalRequests requests;
  private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);

  private LocalServer(Path socket, ServerSocketChannel channel, LocalRequests requests) {
    this.socket = socket;
    this.channel = channel;
    this.requests = requests;
  }

  /** What the agent answers. Called on a thread of the connection; may block. */
  public interface LocalRequests {
    /**
     * The answer to one request: a {@link LocalStream}, or what becomes JSON.
     *
     * @throws IllegalArgumentException with a sentence for the asking person
     */
    Object answer(String command, JsonNode request);
  }

  /**
   * Listens. A socket file that an earlier agent left behind is replaced: the caller holds the lock
   * of the directory.
   *
   * @throws UncheckedIOException if the socket cannot be made
   */
  public static LocalServer start(Path socket, LocalRequests requests) {
    try {
      Files.deleteIfExists(socket);
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      LocalServer server = new LocalServer(socket, channel, requests);
      Thread.ofVirtual().name("culvert-local").start(server::accept);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen at " + socket, e);
    }
  }

  private void accept() {
    while (channel.isOpen()) {
      try {
        SocketChannel client = channel.accept();
        if (!connections.tryAcquire()) {
          client.close();
          continue;
        }
        Thread.ofVirtual().start(() -> serve(client));
      } catch (AsynchronousCloseException closed) {
        return;
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException e) {
        LOG.warn("a local client could not be accepted", e);
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        InputStream in = Channels.newInputStream(client);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(client))) {
      Map<String, Object> answer = answer(in);
      if (answer.get(RESULT) instanceof LocalStream stream) {
        stream(stream, in, out);
      } else {
        writeLine(out, answer);
      }
    } catch (IOException e) {
      LOG.debug("a local client went away", e);
    } finally {
      connections.release();
    }
  }

  private static void writeLine(OutputStream out, Map<String, Object> answer) throws IOException {
    JSON.writer().without(JsonGenerator.Feature.AUTO_CLOSE_TARGET).writeValue(out, answer);
    out.write('\n');
    out.flush();
  }

  /** The client ends a stream by closing its side, which a thread beside waits for. */
  private static void stream(LocalStream stream, InputStream in, OutputStream out)
      throws IOException {
    AtomicBoolean wanted = new AtomicBoolean(true);
    var _ =
        Thread.startVirtualThread(
            () -> {
              try {
                in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException gone) {
                LOG.debug("a local client went away", gone);
              } finally {
                wanted.set(false);
              }
            });
    try (stream) {
      writeLine(out, Map.of(RESULT, Map.of("stream", true)));
      ChunkedOutput chunks = new ChunkedOutput(out);
      Object last = stream.write(chunks, wanted::get);
      chunks.end();
      writeLine(out, Map.of(RESULT, last));
    }
  }

  private Map<String, Object> answer(InputStream in) throws IOException {
    try {
      JsonNode request = JSON.readTree(readLine(in));
      String command = request == null ? "" : request.path("command").asText();
      return Map.of(RESULT, requests.answer(command, request));
    } catch (JsonProcessingException e) {
      return Map.of("error", "the request is not JSON");
    } catch (IllegalArgumentException e) {
      return Map.of("error", String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("a local request could not be answered", e);
      return Map.of("error", "the agent could not answer; its log says why");
    }
  }

  private static byte[] readLine(InputStream in) throws IOException {
    byte[] line = new byte[MAX_REQUEST_BYTES];
    int length = 0;
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (length == line.length) {
        throw new IllegalArgumentException(
            "the request is longer than %d bytes".formatted(line.length));
      }
      line[length++] = (byte) b;
    }
    return Arrays.copyOf(line, length);
  }

  /** Stops listening and removes the socket. */
  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + socket, e);
    }
  }
}
