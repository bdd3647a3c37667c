package io.culvert.agent.localapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Asks the running agent. Stateless. */
public final class LocalClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private LocalClient() {}

  /** No answer, or the agent refused; the message is for the person who asked. */
  public static final class LocalException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With a sentence for a person. */
    public LocalException(String message) {
      super(message);
    }
  }

  /**
   * One request and its answer.
   *
   * @throws LocalException if no agent runs there, or it refuses
   */
  public static JsonNode ask(Path socket, String command, Map<String, ?> arguments)
      throws LocalException {
    try (SocketChannel channel = request(socket, command, arguments)) {
      return result(JSON.readTree(Channels.newInputStream(channel)));
    } catch (IOException e) {
      throw unreachable(socket);
    }
  }

  /** A connection with the request written; the caller's to close. */
  static SocketChannel request(Path socket, String command, Map<String, ?> arguments)
      throws LocalException {
    try {
      SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      JsonNode request = JSON.valueToTree(arguments);
      byte[] line =
          ((ObjectNode) request)
              .put("command", command)
              .toString()
              .concat("\n")
              .getBytes(StandardCharsets.UTF_8);
      ByteBuffer bytes = ByteBuffer.wrap(line);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return channel;
    } catch (IOException e) {
      throw unreachable(socket);
    }
  }

  /** What an answer says. */
  static JsonNode result(JsonNode answer) throws LocalException {
    if (!answer.isObject()) {
      throw new LocalException("the agent ended before it had answered");
    }
    if (answer.has("error")) {
      throw new LocalException(answer.get("error").asText());
    }
    return answer.path("result");
  }

  private static LocalException unreachable(Path socket) {
    return new LocalException(
        Files.exists(socket) && !Files.isReadable(socket)
            ? "the agent at %s belongs to another user; ask as that user".formatted(socket)
            : "no agent runs with the state directory %s; start one with: culvert agent up --state %s"
                .formatted(socket.getParent(), socket.getParent()));
  }
}
