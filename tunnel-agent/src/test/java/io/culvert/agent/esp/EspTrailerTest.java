package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Padding of authentic packets, as other implementations may send it (RFC 4303, section 2.4). */
class EspTrailerTest {
  @ParameterizedTest(name = "{0}: payload {1}")
  @CsvSource({
    "aabb0004, 2",
    "aa010104, 1",
    "01020204, 0",
    "02010204, -1", // wrong order
    "00000304, -1", // padding longer than the packet
    "aa01013b, 1",
    "0102030405060604, 0",
    "0102030405070604, -1"
  })
  void acceptsOnlyOneTwoThreeAndSoOn(String plaintext, int payloadBytes) {
    byte[] plain = HexFormat.of().parseHex(plaintext);
    AeadTransform aead =
        new JdkAead().create(EspTransform.AES_128_GCM_16, KeyMaterial.adopt(new byte[20]));
    byte[] packet = new byte[16 + plain.length + 16];
    byte[] aad = new byte[12];
    aad[11] = 9;
    packet[7] = 9;
    aead.seal(0, aad, 12, plain, 0, plain.length, packet, 16);
    byte[] out = new byte[packet.length];
    EspOpener opener = new EspOpener();

    assertThat(
            opener.open(EspTransform.AES_128_GCM_16, aead, 0, 9, packet, 0, packet.length, out, 0))
        .isTrue();

    assertThat(opener.removeTrailer(out, 0)).isEqualTo(payloadBytes >= 0);
    if (payloadBytes >= 0) {
      assertThat(opener.payloadBytes()).isEqualTo(payloadBytes);
    }
  }
}
