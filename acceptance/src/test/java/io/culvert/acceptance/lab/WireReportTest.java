package io.culvert.acceptance.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WireReportTest {
  private static final InetAddress NODE = address("198.18.5.2");
  private static final InetAddress PEER = address("198.18.12.2");
  private static final InetAddress SERVER = address("198.18.2.2");
  private static final InetAddress STRANGER = address("198.18.6.2");
  private static final byte[] MASQUERADED = {0, 0, 0, (byte) 0x80, 1, 2, 3, 4, 5, 6, 7, 8};
  private static final byte[] PLAIN_ESP = {(byte) 0x80, 0, 0, 1, 1, 2, 3, 4};
  private static final byte[] CLIENT_HELLO = {22, 3, 1, 0, 5, 1, 0, 0, 1, 0};

  @Test
  void countsMasqueradedEspAndKeepalives() {
    WireReport report = of(udp(NODE, PEER, MASQUERADED), udp(PEER, NODE, new byte[] {-1}));
    assertThat(report.clean()).isTrue();
    assertThat(report.masqueraded()).isEqualTo(1);
    assertThat(report.keepalives()).isEqualTo(1);
  }

  @Test
  void reportsPlainEspBetweenNodes() {
    assertThat(of(udp(NODE, PEER, PLAIN_ESP)).foreign()).hasSize(1);
  }

  @Test
  void reportsAnythingButUdpBetweenNodes() {
    assertThat(of(tcp(NODE, PEER, CLIENT_HELLO)).foreign()).hasSize(1);
  }

  @Test
  void reportsUserDataThatGoesToTheServer() {
    assertThat(of(udp(NODE, SERVER, MASQUERADED)).foreign()).hasSize(1);
  }

  @Test
  void reportsWhatGoesToAStranger() {
    assertThat(of(udp(NODE, STRANGER, MASQUERADED)).foreign()).hasSize(1);
  }

  @Test
  void requiresThatAConnectionToTheServerBeginsAsTls() {
    byte[] http = "GET / HTTP/1.1".getBytes(US_ASCII);
    assertThat(of(tcp(NODE, SERVER, CLIENT_HELLO), tcp(NODE, SERVER, http)).clean()).isTrue();
    assertThat(of(tcp(NODE, SERVER, http)).foreign()).hasSize(1);
  }

  @Test
  void findsThePayloadOfAPingAnywhere() {
    byte[] payload = ("....." + Ping.MARKER + "..").getBytes(US_ASCII);
    assertThat(of(udp(NODE, STRANGER, payload)).inClear()).hasSize(1);
  }

  @Test
  void passesOverWhatNoNodeSentOrReceived() {
    assertThat(of(udp(STRANGER, SERVER, PLAIN_ESP)).clean()).isTrue();
  }

  private static WireReport of(CapturedPacket... packets) {
    return WireReport.of(List.of(packets), Set.of(NODE, PEER), SERVER);
  }

  private static CapturedPacket udp(InetAddress from, InetAddress to, byte[] payload) {
    return new CapturedPacket(from, to, CapturedPacket.UDP, 4500, 4500, ByteBuffer.wrap(payload));
  }

  private static CapturedPacket tcp(InetAddress from, InetAddress to, byte[] payload) {
    return new CapturedPacket(from, to, CapturedPacket.TCP, 50000, 443, ByteBuffer.wrap(payload));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
