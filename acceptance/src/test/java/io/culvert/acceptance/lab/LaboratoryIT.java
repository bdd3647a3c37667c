package io.culvert.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaboratoryIT {
  private static final String SERVER = "198.18.2.2";
  private static final String PUBLIC_HOST = "198.18.5.2";
  private static final String STATIC_MAPPING = "198.18.11.2";
  private static final String PORT_TRANSLATOR = "198.18.12.2";

  @TempDir static Path run;

  private static Laboratory lab;

  @BeforeAll
  static void build() {
    lab = Laboratory.up(CulvertHome.find(), "culvert-it-lab", run, Laboratory.Shape.INTERNET);
  }

  @AfterAll
  static void remove() {
    lab.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pub", "ext", "p1", "p2", "n1"})
  void everyHostReachesTheServer(String host) {
    assertThat(Ping.five(lab.host(host), SERVER).complete()).isTrue();
  }

  @Test
  void publicHostsSpeakIpv6() {
    assertThat(Ping.five(lab.host("pub"), "fd00:18:2::2").complete()).isTrue();
  }

  @Test
  void staticMappingLetsAStrangerIn() {
    assertThat(Ping.answered(lab.host("ext"), STATIC_MAPPING)).isTrue();
  }

  @Test
  void portTranslatorLetsNobodyInWhoWasNotAsked() {
    assertThat(Ping.answered(lab.host("ext"), PORT_TRANSLATOR)).isFalse();
  }

  @Test
  void privateHostsCannotBeReachedByTheirOwnAddresses() {
    assertThat(Ping.answered(lab.host("pub"), "10.12.0.2")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"pub, 198.18.5.2", "p1, 198.18.12.2", "n1, 198.18.11.2"})
  void captureInTheMiddleSeesThePayloadInClearAndTheOuterAddress(String host, String outer)
      throws UnknownHostException {
    List<CapturedPacket> packets;
    try (Capture capture = Capture.start(lab.host("wan"), "capture-" + host)) {
      assertThat(Ping.five(lab.host(host), SERVER).complete()).isTrue();
      packets = capture.stop();
    }
    ByteBuffer marker = ByteBuffer.wrap(Ping.MARKER.getBytes(StandardCharsets.US_ASCII));
    InetAddress source = InetAddress.getByName(outer);
    // Five requests, each seen on its way in and on its way out.
    assertThat(packets)
        .filteredOn(packet -> packet.source().equals(source) && packet.contains(marker))
        .hasSize(10);
  }

  @Test
  void aSecondLaboratoryRunsBesideTheFirst(@TempDir Path other) {
    try (Laboratory second =
        Laboratory.up(lab.home(), "culvert-it-lab2", other, Laboratory.Shape.PAIR)) {
      assertThat(Ping.answered(second.host("b"), "198.18.11.1")).isTrue();
      assertThat(Ping.answered(lab.host("ext"), PUBLIC_HOST)).isTrue();
    }
    assertThat(Ping.answered(lab.host("ext"), PUBLIC_HOST)).isTrue();
  }

  @Test
  void downEndsWhatRunsThere(@TempDir Path other) {
    Laboratory second = Laboratory.up(lab.home(), "culvert-it-lab3", other, Laboratory.Shape.PAIR);
    BackgroundProgram program = second.host("a").start("sleeper", List.of("sleep", "1000"));
    second.close();
    Await.until("the end of a program", Duration.ofSeconds(5), () -> !program.isRunning());
    assertThat(second.host("a").run("true").succeeded()).isFalse();
  }
}
