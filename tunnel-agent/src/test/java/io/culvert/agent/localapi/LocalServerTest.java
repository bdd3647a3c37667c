package io.culvert.agent.localapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.agent.localapi.LocalClient.LocalException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real Unix socket. */
class LocalServerTest {
  private final CyclicBarrier meeting = new CyclicBarrier(2);
  private final Path socket;
  private final LocalServer server;

  LocalServerTest(@TempDir Path directory) {
    socket = directory.resolve("agent.sock");
    server = LocalServer.start(socket, this::answer);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Object answer(String command, JsonNode request) {
    return switch (command) {
      case "echo" -> Map.of("text", request.path("text").asText());
      case "meet" -> {
        try {
          yield Map.of("met", meeting.await(10, TimeUnit.SECONDS) >= 0);
        } catch (Exception e) {
          throw new AssertionError("the other client was not served meanwhile", e);
        }
      }
      case "crash" -> throw new IllegalStateException("inside");
      default -> throw new IllegalArgumentException("no command '%s'".formatted(command));
    };
  }

  private String raw(String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.shutdownOutput();
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void answers() throws LocalException {
    assertThat(LocalClient.ask(socket, "echo", Map.of("text", "grüße")).path("text").asText())
        .isEqualTo("grüße");
  }

  @Test
  void isForItsOwnerOnly() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense\n", "{\"command\":\n", "{\"a\": }\n", "{\u0000}\n"})
  void saysThatARequestIsNoJson(String request) throws IOException {
    assertThat(raw(request)).isEqualTo("{\"error\":\"the request is not JSON\"}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "", "null\n", "[]\n", "\"status\"\n", "{}\n", "{\"command\": 7}\n"})
  void saysThatItKnowsNoSuchCommand(String request) throws IOException {
    assertThat(raw(request)).startsWith("{\"error\":\"no command '");
  }

  @Test
  void refusesARequestThatIsTooLong() throws IOException {
    assertThat(raw("x".repeat(LocalServer.MAX_REQUEST_BYTES + 1)))
        .isEqualTo("{\"error\":\"the request is longer than 16384 bytes\"}\n");
  }

  @Test
  void survivesAFailureInside() throws LocalException {
    assertThatExceptionOfType(LocalException.class)
        .isThrownBy(() -> LocalClient.ask(socket, "crash", Map.of()))
        .withMessage("the agent could not answer; its log says why");
    assertThat(LocalClient.ask(socket, "echo", Map.of("text", "a")).has("text")).isTrue();
  }

  @Test
  void survivesAClientThatGoesAway() throws IOException, LocalException {
    SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
    assertThat(LocalClient.ask(socket, "echo", Map.of("text", "a")).has("text")).isTrue();
  }

  @Test
  void servesTwoClientsAtOnce() throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(2)) {
      Future<JsonNode> one = clients.submit(() -> LocalClient.ask(socket, "meet", Map.of()));
      Future<JsonNode> two = clients.submit(() -> LocalClient.ask(socket, "meet", Map.of()));
      assertThat(one.get().path("met").asBoolean()).isTrue();
      assertThat(two.get().path("met").asBoolean()).isTrue();
    }
  }

  @Test
  void replacesTheSocketThatAKilledAgentLeftBehind(@TempDir Path other)
      throws IOException, LocalException {
    Path left = Files.createFile(other.resolve("agent.sock"));
    try (LocalServer again = LocalServer.start(left, this::answer)) {
      assertThat(again).isNotNull();
      assertThat(LocalClient.ask(left, "echo", Map.of("text", "a")).has("text")).isTrue();
    }
    assertThat(left).doesNotExist();
  }

  @Test
  void saysHowToStartAnAgentWhereNoneRuns(@TempDir Path other) {
    assertThatExceptionOfType(LocalException.class)
        .isThrownBy(() -> LocalClient.ask(other.resolve("agent.sock"), "status", Map.of()))
        .withMessage(
            "no agent runs with the state directory %s; start one with: culvert agent up --state %s",
            other, other);
  }
}
