package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.ip.NetworkOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Our plain ESP against two independent implementations: scapy both ways, with extended sequence
 * numbers; tshark decrypts what we seal.
 */
class EspInteroperationIT {
  private static final HexFormat HEX = HexFormat.of();
  private static final long SPI = 0xC0FFEE01L;
  private static final String IPV4 =
      "450000200001400040112694" + "0a000001" + "0a000002" + "13881389000c0000" + "cafebabe";
  private static final String IPV6 =
      "60000000000c1140"
          + "fd000000000000000000000000000001"
          + "fd000000000000000000000000000002"
          + "13881389000c5d44"
          + "cafebabe";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "AES_128_GCM_16, 4, 1",
    "AES_256_GCM_16, 4, 1",
    "AES_256_GCM_16, 6, 4294967295",
    "AES_128_GCM_16, 6, 4294967296",
    "AES_256_GCM_16, 4, 281474976710655",
    "CHACHA20_POLY1305, 4, 1",
    "CHACHA20_POLY1305, 6, 4294967296",
    "AES_256_CBC_HMAC_SHA2_256_128, 4, 1",
    "AES_256_CBC_HMAC_SHA2_256_128, 6, 4294967296",
    "AES_256_CBC_HMAC_SHA2_512_256, 4, 1",
    "AES_256_CBC_HMAC_SHA2_512_256, 6, 4294967296",
    "TRIPLE_DES_CBC_HMAC_SHA2_256_128, 4, 4294967295",
    "TRIPLE_DES_CBC_HMAC_SHA2_256_128, 6, 4294967296"
  })
  void scapyOpensWhatWeSeal(EspTransform transform, int version, long sequence)
      throws IOException, InterruptedException {
    byte[] inner = HEX.parseHex(version == 4 ? IPV4 : IPV6);
    String opened = scapy("open", sequence, transform, seal(transform, sequence, inner));
    assertThat(opened).endsWith(HEX.formatHex(inner).substring(version == 4 ? 24 : 0));
    assertThat(opened).hasSize(2 * inner.length);
  }

  @ParameterizedTest
  @CsvSource({
    "AES_128_GCM_16, 4, 1",
    "AES_256_GCM_16, 4, 1",
    "AES_256_GCM_16, 6, 4294967295",
    "AES_128_GCM_16, 6, 4294967296",
    "AES_256_GCM_16, 4, 281474976710655",
    "CHACHA20_POLY1305, 4, 1",
    "CHACHA20_POLY1305, 6, 4294967296",
    "AES_256_CBC_HMAC_SHA2_256_128, 4, 1",
    "AES_256_CBC_HMAC_SHA2_256_128, 6, 4294967296",
    "AES_256_CBC_HMAC_SHA2_512_256, 4, 1",
    "AES_256_CBC_HMAC_SHA2_512_256, 6, 4294967296",
    "TRIPLE_DES_CBC_HMAC_SHA2_256_128, 4, 4294967295",
    "TRIPLE_DES_CBC_HMAC_SHA2_256_128, 6, 4294967296"
  })
  void weOpenWhatScapySeals(EspTransform transform, int version, long sequence)
      throws IOException, InterruptedException {
    String inner = version == 4 ? IPV4 : IPV6;
    byte[] packet = HEX.parseHex(scapy("seal", sequence, transform, HEX.parseHex(inner)));
    AeadTransform aead = AeadChoice.fastest().inbound().create(transform, key(transform));
    long recovered =
        ExtendedSequenceNumber.recover(
            sequence - 1, EspPacket.sequenceInt(packet, 0), AntiReplayWindow.SIZE);
    byte[] out = new byte[packet.length];
    EspOpener opener = new EspOpener();

    assertThat(recovered).isEqualTo(sequence);
    assertThat(opener.open(transform, aead, 0, recovered, packet, 0, packet.length, out, 0))
        .isTrue();
    assertThat(opener.removeTrailer(out, 0)).isTrue();
    assertThat(opener.nextHeader()).isEqualTo(version == 4 ? EspPacket.IPV4 : EspPacket.IPV6);
    String opened = HEX.formatHex(out, 0, opener.payloadBytes());
    assertThat(opened).endsWith(inner.substring(version == 4 ? 24 : 0)).hasSize(inner.length());
  }

  /**
   * tshark knows no extended sequence numbers, so it can decrypt, which needs only the nonce, but
   * not verify our ICV, whose associated data holds 64 bits.
   */
  @Test
  void tsharkDecryptsWhatWeSeal() throws IOException, InterruptedException {
    EspTransform transform = EspTransform.AES_256_GCM_16;
    Path capture = directory.resolve("esp.pcap");
    Files.write(capture, capture(seal(transform, 7, HEX.parseHex(IPV4))));
    String association =
        "uat:esp_sa:\"IPv4\",\"198.18.0.2\",\"198.18.0.1\",\"0x%08x\",".formatted(SPI)
            + "\"AES-GCM with 16 octet ICV [RFC4106]\",\"0x%s\",\"NULL\",\"\""
                .formatted(HEX.formatHex(key(transform).copy()));
    String fields =
        run(
            List.of(
                "tshark",
                "-r",
                capture.toString(),
                "-o",
                "esp.enable_encryption_decode:TRUE",
                "-o",
                association,
                "-T",
                "fields",
                "-e",
                "esp.sequence",
                "-e",
                "ip.dst",
                "-e",
                "udp.dstport",
                "-e",
                "udp.payload"));
    assertThat(fields).isEqualTo("7\t198.18.0.1,10.0.0.2\t5001\tcafebabe");
  }

  private static byte[] seal(EspTransform transform, long sequence, byte[] inner) {
    AeadTransform aead = AeadChoice.fastest().outbound().create(transform, key(transform));
    byte[] in = Arrays.copyOf(inner, inner.length + EspSealer.TRAILER_ROOM_BYTES);
    byte[] out = new byte[transform.sealedBytes(inner.length)];
    int nextHeader = inner[0] >>> 4 == 4 ? EspPacket.IPV4 : EspPacket.IPV6;
    new EspSealer()
        .seal(transform, aead, 0, (int) SPI, sequence, nextHeader, in, 0, inner.length, out, 0);
    return out;
  }

  private static KeyMaterial key(EspTransform transform) {
    byte[] bytes = new byte[transform.keyMaterialBytes()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 11 + 5);
    }
    return KeyMaterial.adopt(bytes);
  }

  private String scapy(String verb, long sequence, EspTransform transform, byte[] data)
      throws IOException, InterruptedException {
    Path script = directory.resolve("scapy_esp.py");
    try (var resource = EspInteroperationIT.class.getResourceAsStream("scapy_esp.py")) {
      assertThat(resource).isNotNull();
      Files.write(script, resource.readAllBytes());
    }
    return run(
        List.of(
            "/usr/bin/python3",
            script.toString(),
            verb,
            Long.toString(SPI),
            Long.toString(sequence),
            transform.name(),
            HEX.formatHex(key(transform).copy()),
            HEX.formatHex(data)));
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    Path errors = directory.resolve("stderr");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(() -> read(errors)).isZero();
    return output.strip();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** A capture file of one IPv4 packet with protocol ESP (link type 101: raw IP). */
  private static byte[] capture(byte[] esp) {
    ByteBuffer file = ByteBuffer.allocate(24 + 16 + 20 + esp.length);
    file.putInt(0xA1B2C3D4).putShort((short) 2).putShort((short) 4).putLong(0);
    file.putInt(65535).putInt(101);
    file.putInt(0).putInt(0).putInt(20 + esp.length).putInt(20 + esp.length);
    byte[] header = HEX.parseHex("4500000000000000403200" + "00" + "c6120002" + "c6120001");
    NetworkOrder.putInt16(header, 2, 20 + esp.length);
    return file.put(header).put(esp).array();
  }
}
