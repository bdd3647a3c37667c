package io.culvert.agent.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpPacketTest {
  private static final String IPV4 = "4500001c0001400040110000" + "0a000001" + "0a000002";
  private static final String UDP = "1388138900080000";
  private static final String ADDRESSES = "fd".repeat(16) + "fe".repeat(16);
  private final IpPacket packet = new IpPacket();

  @Test
  void readsAnIpv4Packet() {
    assertThat(wrap(IPV4 + UDP)).isTrue();
    assertThat(packet.version()).isEqualTo(4);
    assertThat(packet.protocol()).isEqualTo(IpPacket.UDP);
    assertThat(packet.headerBytes()).isEqualTo(20);
    assertThat(packet.lengthBytes()).isEqualTo(28);
    assertThat(packet.isPlain()).isTrue();
    assertThat(packet.sourceHigh()).isZero();
    assertThat(packet.sourceLow()).isEqualTo(0xFFFF_0A00_0001L);
    assertThat(packet.destinationLow()).isEqualTo(0xFFFF_0A00_0002L);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "no bytes, ''",
    "19 bytes, 45000013000140004011000a0000010a000002",
    "version 5, 5500001c00014000401100000a0000010a0000021388138900080000",
    "IHL below 5, 4400001c00014000401100000a0000010a0000021388138900080000",
    "IHL beyond the packet, 4f00001c00014000401100000a0000010a0000021388138900080000",
    "length beyond what is there, 4500001d00014000401100000a0000010a0000021388138900080000",
    "length below the header, 4500001300014000401100000a0000010a0000021388138900080000"
  })
  void refusesMalformedIpv4(String what, String hex) {
    assertThat(wrap(hex)).as(what).isFalse();
  }

  @ParameterizedTest(name = "next {0}, headers {1}: protocol {2} behind {3} bytes, fragment {4}")
  @CsvSource({
    "11, '', 17, 40, false",
    "00, 1100010400000000, 17, 48, false", // hop-by-hop
    "00, 2b000104000000003c010000000000000000000000000000, 60, -1, false", // cut short
    "00, 2b00010400000000110000000000000000, 17, 56, false", // hop-by-hop, routing
    "33, 110400000000000100000001000000000000000000000000, 17, 64, false", // AH
    "2c, 1100000100000001, 17, 48, true", // fragment
    "2c, 2b00000100000001, 43, 48, true", // what follows is the fragment's
    "3b, '', 59, 40, false"
  })
  void walksTheExtensionHeaders(
      String next, String extensions, int protocol, int headerBytes, boolean fragment) {
    String body = extensions + (headerBytes < 0 ? "" : UDP);
    boolean wrapped = wrap(ipv6(next, body));
    assertThat(wrapped).isEqualTo(headerBytes > 0);
    if (wrapped) {
      assertThat(packet.protocol()).isEqualTo(protocol);
      assertThat(packet.headerBytes()).isEqualTo(headerBytes);
      assertThat(packet.isFragment()).isEqualTo(fragment);
    }
  }

  @Test
  void refusesAnEndlessChainOfExtensionHeaders() {
    assertThat(wrap(ipv6("3c", "3c00010400000000".repeat(8) + UDP))).isFalse();
    assertThat(wrap(ipv6("3c", "3c00010400000000".repeat(7) + "1100010400000000" + UDP))).isTrue();
  }

  @Test
  void survivesNoise() {
    Random random = new Random(5);
    int wellFormed = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[random.nextInt(120)];
      random.nextBytes(bytes);
      if (bytes.length > 5) {
        bytes[0] = (byte) (i % 2 == 0 ? 0x45 : 0x60);
        bytes[2] = 0;
        bytes[4] = 0;
      }
      if (packet.wrap(bytes, 0, bytes.length)) {
        wellFormed++;
        assertThat(packet.headerBytes()).isLessThanOrEqualTo(packet.lengthBytes());
        assertThat(packet.lengthBytes()).isLessThanOrEqualTo(bytes.length);
      }
    }
    assertThat(wellFormed).isPositive();
  }

  @Test
  void agreesWithTheNaiveChecksum() {
    Random random = new Random(9);
    for (int length = 0; length < 300; length++) {
      byte[] bytes = new byte[length + 3];
      random.nextBytes(bytes);
      if (length % 3 == 0) {
        Arrays.fill(bytes, (byte) 0xFF);
      }
      int naive = 0;
      for (int i = 0; i < length; i++) {
        naive += (bytes[i + 3] & 0xFF) << (i % 2 == 0 ? 8 : 0);
        naive = (naive & 0xFFFF) + (naive >>> 16);
      }
      assertThat(InternetChecksum.fold(InternetChecksum.sum(bytes, 3, length)))
          .as("length %d", length)
          .isEqualTo(naive);
    }
  }

  private static String ipv6(String next, String body) {
    return "60000000" + "%04x".formatted(body.length() / 2) + next + "40" + ADDRESSES + body;
  }

  private boolean wrap(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return packet.wrap(bytes, 0, bytes.length);
  }
}
