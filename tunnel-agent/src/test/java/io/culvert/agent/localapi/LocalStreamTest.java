package io.culvert.agent.localapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.agent.localapi.LocalClient.LocalException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class LocalStreamTest {
  /** More than a chunk, and no multiple of one. */
  private static final byte[] BYTES = new byte[3 * ChunkedOutput.MAX_BYTES + 17];

  static {
    new Random(1).nextBytes(BYTES);
  }

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Path socket;
  private final LocalServer server;

  LocalStreamTest(@TempDir Path directory) {
    socket = directory.resolve("agent.sock");
    server =
        LocalServer.start(
            socket,
            (command, request) ->
                switch (command) {
                  case "bytes" -> new Stream(false);
                  case "endless" -> new Stream(true);
                  default -> throw new IllegalArgumentException("not here");
                });
  }

  @AfterEach
  void close() {
    server.close();
  }

  private final class Stream implements LocalStream {
    private final boolean endless;

    Stream(boolean endless) {
      this.endless = endless;
    }

    @Override
    public Object write(OutputStream out, BooleanSupplier wanted) throws IOException {
      out.write(BYTES[0]);
      out.write(BYTES, 1, BYTES.length - 1);
      while (endless && wanted.getAsBoolean()) {
        out.write(BYTES);
        out.flush();
      }
      return Map.of("wanted", wanted.getAsBoolean());
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void bringsEveryByteAndTheLastWord() throws Exception {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    try (LocalDownload download = LocalDownload.open(socket, "bytes", Map.of())) {
      JsonNode last = download.copyTo(received);
      assertThat(last.path("wanted").asBoolean()).isTrue();
    }
    assertThat(received.toByteArray()).isEqualTo(BYTES);
    assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void endsInOrderWhenTheClientWantsNoMore() throws Exception {
    long[] received = {0};
    try (LocalDownload download = LocalDownload.open(socket, "endless", Map.of())) {
      JsonNode last =
          download.copyTo(
              new OutputStream() {
                @Override
                public void write(int b) {
                  throw new AssertionError();
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                  received[0] += length;
                  download.stop();
                }
              });
      assertThat(last.path("wanted").asBoolean()).isFalse();
    }
    assertThat(received[0] % BYTES.length).isZero();
  }

  @Test
  void isClosedWhenTheClientGoesAway() throws Exception {
    LocalDownload.open(socket, "endless", Map.of()).close();
    assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aRefusalIsASentence() {
    assertThatExceptionOfType(LocalException.class)
        .isThrownBy(() -> LocalDownload.open(socket, "other", Map.of()))
        .withMessage("not here");
  }

  @Test
  void saysThatTheAgentEndedBeforeTheStream() throws Exception {
    Path other = socket.resolveSibling("other.sock");
    try (LocalServer broken =
            LocalServer.start(
                other,
                (command, request) ->
                    new LocalStream() {
                      @Override
                      public Object write(OutputStream out, BooleanSupplier wanted)
                          throws IOException {
                        throw new IOException("the agent ends");
                      }

                      @Override
                      public void close() {}
                    });
        LocalDownload download = LocalDownload.open(other, "any", Map.of())) {
      assertThat(broken).isNotNull();
      assertThatExceptionOfType(LocalException.class)
          .isThrownBy(() -> download.copyTo(OutputStream.nullOutputStream()))
          .withMessageContaining("ended before the stream was complete");
    }
  }
}
