package io.culvert.agent.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.capture.Capture;
import io.culvert.agent.capture.CaptureSettings;
import io.culvert.agent.capture.CaptureTap;
import io.culvert.agent.testnet.PacketRouter;
import io.culvert.agent.transport.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Captures of an engine's packets, read by tshark, capinfos and tcpdump.
 *
 * <pre>
 *   a  198.18.0.1:4500  ----  router  ----  b  198.18.0.2:4500
 *   captured here
 * </pre>
 */
class CaptureIT {
  private static final long MILLISECOND = 1_000_000;
  private static final Instant WALL = Instant.parse("2026-11-25T06:00:00.000000123Z");

  @RegisterExtension final PacketRouter router = new PacketRouter(1);
  private final Node a = Node.open(1, router);
  private final Node b = Node.open(2, router);
  private final long[] now = {0};
  private final SteppedEngine left = new SteppedEngine(a, now);
  private final SteppedEngine right = new SteppedEngine(b, now);

  @TempDir private Path directory;
  private Path file;
  private Capture.@Nullable Summary summary;

  @BeforeEach
  void connect() {
    file = directory.resolve("capture.pcapng");
    left.configure(a.knowing(b, 1));
    right.configure(b.knowing(a, 1));
    for (int i = 0; i < 100; i++) {
      now[0] += 10 * MILLISECOND;
      step();
    }
    assertThat(left.peer().endpoint()).isEqualTo(b.endpoint());
  }

  private void step() {
    while (left.step() + right.step() > 0) {
      Thread.onSpinWait();
    }
  }

  /** Lets the traffic pass while the capture runs, and ends it. */
  private void capture(CaptureSettings settings, Runnable traffic) throws IOException {
    AtomicReference<@Nullable CaptureTap> worn = new AtomicReference<>();
    boolean[] passed = {false};
    try (OutputStream out = Files.newOutputStream(file)) {
      summary =
          new Capture(settings, 4500, () -> WALL, () -> now[0])
              .write(
                  out,
                  tap -> {
                    worn.set(tap);
                    left.tap(tap);
                    left.step(); // a worker of a stepped engine follows with its next step
                  },
                  Duration.ofDays(1),
                  Long.MAX_VALUE,
                  () -> {
                    if (!passed[0]) {
                      traffic.run();
                      passed[0] = true;
                      return true;
                    }
                    return false;
                  });
    }
    assertThat(worn.get()).isNull();
  }

  private void exchange(int packets) {
    for (int i = 0; i < packets; i++) {
      now[0] += MILLISECOND;
      a.tun.inject(Packets.udp(a.ipv4, b.ipv4, ("to b " + i).getBytes(StandardCharsets.UTF_8)));
      b.tun.inject(Packets.udp(b.ipv6, a.ipv6, ("to a " + i).getBytes(StandardCharsets.UTF_8)));
      step();
    }
  }

  private static CaptureSettings both(@Nullable String nodeId, int oneIn, int snapBytes) {
    return new CaptureSettings(true, true, nodeId, oneIn, snapBytes);
  }

  @Test
  void tsharkReadsInnerAndOuterPacketsWithTheirPeer() throws Exception {
    capture(both(null, 1, 2048), () -> exchange(2));

    List<String> rows =
        tshark(
                "frame.interface_name",
                "frame.packet_flags_direction",
                "ip.src",
                "ip.dst",
                "ipv6.src",
                "udp.srcport",
                "udp.dstport",
                "frame.comment",
                "frame.time_epoch")
            .stream()
            .map(row -> row.replace("|0x0000000", "|0x")) // versions of tshark differ
            .toList();
    String comment = "org/node2 in org/vpn";
    String first = Long.toString(WALL.getEpochSecond()) + ".001000123";
    assertThat(rows).hasSize(8);
    assertThat(rows.subList(0, 4))
        .satisfiesExactlyInAnyOrder(
            row ->
                assertThat(row)
                    .isEqualTo(
                        String.join(
                            "|",
                            "inner",
                            "0x2",
                            "10.0.0.1",
                            "10.0.0.2",
                            "",
                            "5001",
                            "5002",
                            comment,
                            first)),
            row ->
                assertThat(row)
                    .matches("outer\\|0x2\\|[0-9.]+\\|198\\.18\\.0\\.2\\|\\|4500\\|4500\\|.*")
                    .endsWith(comment + "|" + first),
            row ->
                assertThat(row)
                    .matches("outer\\|0x1\\|198\\.18\\.0\\.2\\|[0-9.]+\\|\\|4500\\|4500\\|.*")
                    .endsWith(comment + "|" + first),
            row ->
                assertThat(row)
                    .isEqualTo(
                        String.join(
                            "|", "inner", "0x1", "", "", "fd00::2", "5001", "5002", comment,
                            first)));
    assertThat(summary).isEqualTo(new Capture.Summary(4, 4, 0, 0));
  }

  @Test
  void bytesAndChecksumsAreThoseOfThePackets() throws Exception {
    byte[] payload = "whole".getBytes(StandardCharsets.UTF_8);
    capture(
        both(null, 1, 2048),
        () -> {
          a.tun.inject(Packets.udp(a.ipv4, b.ipv4, payload));
          step();
        });

    List<String> rows =
        run(
            "tshark",
            "-r",
            file.toString(),
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "udp.check_checksum:TRUE",
            "-d",
            "udp.port==4500,data",
            "-T",
            "fields",
            "-E",
            "separator=|",
            "-e",
            "ip.checksum.status",
            "-e",
            "udp.checksum.status",
            "-e",
            "udp.payload");
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0)).isEqualTo("1|1|" + HexFormat.of().formatHex(payload));
    // masquerade word M, then the SPI at b that a uses, sequence number and so on
    assertThat(rows.get(1)).startsWith("1|1|00000080" + "%08x".formatted(Node.spi(b, a)));
  }

  @Test
  void capinfosReadsTheInterfacesAndTheirCounts() throws Exception {
    capture(both(null, 1, 2048), () -> exchange(10));

    String said = String.join("\n", run("capinfos", file.toString()));
    assertThat(said)
        .contains("pcapng")
        .containsPattern("Number of packets: +40")
        .containsPattern("Number of interfaces in file: 2")
        .containsPattern("Name = inner")
        .containsPattern("Name = outer")
        .containsPattern("Time precision = nanoseconds \\(9\\)")
        .containsPattern("Number of packets = 20");
  }

  @Test
  void tcpdumpReadsTheFileToo() throws Exception {
    capture(new CaptureSettings(true, false, null, 1, 2048), () -> exchange(3));

    assertThat(run("tcpdump", "-n", "-r", file.toString()))
        .filteredOn(line -> line.contains("5001 > "))
        .hasSize(6)
        .anySatisfy(line -> assertThat(line).contains("10.0.0.1.5001 > 10.0.0.2.5002"));
  }

  @Test
  void sampleAndSnapMakeTheFileSmall() throws Exception {
    capture(both(null, 10, 64), () -> exchange(100));

    List<String> rows = tshark("frame.interface_name", "frame.cap_len", "frame.len");
    // each direction counts for itself; of a sampled packet both layers are there
    assertThat(rows).hasSize(40);
    assertThat(rows).filteredOn(row -> row.startsWith("inner")).hasSize(20);
    assertThat(rows)
        .filteredOn(row -> row.startsWith("outer"))
        .allSatisfy(
            row -> {
              String[] fields = row.split("\\|", -1);
              assertThat(Integer.parseInt(fields[1])).isLessThanOrEqualTo(64 + 48);
              assertThat(Integer.parseInt(fields[2])).isGreaterThan(Integer.parseInt(fields[1]));
            });
  }

  @Test
  void strangersAreCommentedWithTheReasonUnlessAPeerIsAskedFor() throws Exception {
    Runnable stranger =
        () -> {
          byte[] noise = new byte[64];
          noise[0] = (byte) 0xAB;
          var _ = b.transport.send(noise, 0, 64, 64, a.endpoint());
          exchange(1);
        };
    capture(both(null, 1, 2048), stranger);
    assertThat(tshark("frame.comment")).contains("no known peer: UNKNOWN_SPI").hasSize(5);

    capture(both("org/node2", 1, 2048), stranger);
    assertThat(tshark("frame.comment")).containsOnly("org/node2 in org/vpn").hasSize(4);

    capture(both("org/node3", 1, 2048), stranger);
    assertThat(tshark("frame.comment")).isEmpty();
  }

  @Test
  void keepalivesAndProbesAreOuterPacketsOnly() throws Exception {
    capture(
        both(null, 1, 2048),
        () -> {
          now[0] += 25_000 * MILLISECOND;
          step();
        });
    assertThat(tshark("frame.interface_name")).isNotEmpty().containsOnly("outer");
  }

  @Test
  void theLocalSideIsUnspecifiedWhereNoRouteLeads() throws Exception {
    Endpoint unroutable = Endpoint.of(new byte[] {(byte) 240, 0, 0, 1}, 4500);
    left.configure(a.knowing(b, a.pair(b, 1), List.of(unroutable)));
    capture(
        new CaptureSettings(false, true, null, 1, 2048),
        () -> {
          now[0] += 60_000 * MILLISECOND;
          var _ = left.step();
        });
    assertThat(tshark("ip.dst")).contains("240.0.0.1");
  }

  private List<String> tshark(String... fields) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("tshark", "-n", "-r", file.toString(), "-T", "fields", "-E", "separator=|"));
    for (String field : fields) {
      command.add("-e");
      command.add(field);
    }
    return run(command.toArray(String[]::new));
  }

  private static List<String> run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
    return output.lines().toList();
  }
}
