package io.culvert.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.capture.CaptureTap;
import io.culvert.agent.control.AgentState;
import io.culvert.agent.control.AgentStatus;
import io.culvert.agent.localapi.LocalDownload;
import io.culvert.agent.localapi.LocalServer;
import io.culvert.agent.view.Views;
import io.culvert.agent.view.VpnReplica;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * {@code agent capture} over a real socket, of an engine that has two packets of one peer and one
 * of the other for each tap.
 */
@Timeout(20)
class CaptureCommandTest {
  private static final int SECTION_HEADER = 0x0A0D0D0A;
  private static final AgentStatus STATUS =
      new AgentStatus(
          "acme/own",
          AgentState.LINKED,
          Instant.EPOCH,
          "198.18.2.2:443",
          1,
          "",
          List.of(
              VpnReplica.of(
                  Views.snapshot(1)
                      .setRevision(8)
                      .addPeers(Views.online(Views.member("acme/p1", 1, 2), new byte[32]))
                      .build(),
                  null)),
          Map.of(),
          Duration.ZERO,
          null);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Path directory;
  private final LocalServer server;

  CaptureCommandTest(@TempDir Path directory) {
    this.directory = directory;
    CaptureRequest captures = new CaptureRequest(CaptureCommandTest::fill, 4500);
    server =
        LocalServer.start(
            directory.resolve("agent.sock"),
            (command, request) -> captures.answer(request, STATUS));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static void fill(@Nullable CaptureTap tap) {
    if (tap == null) {
      return;
    }
    byte[] bytes = new byte[100];
    for (String peer : List.of("acme/p1", "acme/p1", "acme/p2")) {
      if (tap.outbound().selects(peer)) {
        tap.outbound().inner("acme/vpn1", peer, bytes, 0, bytes.length);
        tap.outbound()
            .outer("acme/vpn1", peer, null, 0, 0xFFFF_7F00_0001L, 4500, bytes, 0, bytes.length);
      }
    }
  }

  private int capture(Path file, String... options) {
    CommandLine commands = AgentCommand.commandLine();
    commands.setOut(new PrintWriter(out, true));
    commands.setErr(new PrintWriter(err, true));
    String[] all = new String[options.length + 4];
    all[0] = "capture";
    all[1] = file.toString();
    all[2] = "--state";
    all[3] = directory.toString();
    System.arraycopy(options, 0, all, 4, options.length);
    return commands.execute(all);
  }

  @ParameterizedTest
  @CsvSource({
    "--both, 3, 3",
    "--inner, 3, 0",
    "--outer, 0, 3",
    "--peer=p1, 2, 2",
    "--sample=1/2, 2, 2"
  })
  void writesWhatIsAskedFor(String option, int inner, int outer) throws IOException {
    Path file = directory.resolve("a.pcapng");
    assertThat(capture(file, option, "--packets", String.valueOf(inner + outer))).isZero();
    assertThat(out.toString())
        .startsWith(
            "captured %d inner packets and %d outer datagrams; left out".formatted(inner, outer))
        .endsWith(": 0 and 0\n");
    byte[] bytes = Files.readAllBytes(file);
    assertThat(ByteBuffer.wrap(bytes).getInt()).isEqualTo(SECTION_HEADER);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(text).contains("acme/p1 in acme/vpn1");
    assertThat(text.contains("acme/p2")).isEqualTo(!option.startsWith("--peer"));
  }

  @Test
  void theFileIsForItsOwnerOnly() throws IOException {
    Path file = directory.resolve("a.pcapng");
    assertThat(capture(file, "--packets", "1")).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void endsWhenTheTimeIsOver() {
    assertThat(capture(directory.resolve("a.pcapng"), "--seconds", "1")).isZero();
    assertThat(out.toString()).startsWith("captured 3 inner packets and 3 outer datagrams");
  }

  @Test
  void leavesAFileAloneThatExists() throws IOException {
    Path file = Files.writeString(directory.resolve("mine"), "mine");
    assertThat(capture(file, "--packets", "1")).isEqualTo(1);
    assertThat(err.toString()).contains("cannot write", "it exists, and is left alone");
    assertThat(file).hasContent("mine");
  }

  @Test
  void saysWhoThePeersAreAndMakesNoFile() {
    Path file = directory.resolve("a.pcapng");
    assertThat(capture(file, "--peer", "nobody")).isEqualTo(1);
    assertThat(err.toString()).contains("'nobody' is no peer of this node");
    assertThat(file).doesNotExist();
  }

  @Test
  void thereIsOneCaptureAtATimeAndThenTheNext() throws Exception {
    Path socket = directory.resolve("agent.sock");
    Map<String, Object> all = Map.of("inner", true, "outer", true, "packets", 1000);
    try (LocalDownload first = LocalDownload.open(socket, "capture", all)) {
      assertThat(capture(directory.resolve("a.pcapng"))).isEqualTo(1);
      assertThat(err.toString()).contains("a capture runs already");
      first.stop();
      assertThat(first.copyTo(OutputStream.nullOutputStream()).path("inner").asInt()).isEqualTo(3);
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    int status;
    do {
      status = capture(directory.resolve("b.pcapng"), "--packets", "1");
    } while (status != 0 && System.nanoTime() < deadline);
    assertThat(status).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "--snap=63",
    "--snap=65536",
    "--sample=1/0",
    "--sample=100",
    "--sample=1/1000001",
    "--seconds=0",
    "--packets=0",
    "--inner --outer"
  })
  void refusesWhatCannotBeMeant(String options) {
    Path file = directory.resolve("a.pcapng");
    assertThat(capture(file, options.split(" ", -1))).isEqualTo(2);
    assertThat(file).doesNotExist();
  }
}
