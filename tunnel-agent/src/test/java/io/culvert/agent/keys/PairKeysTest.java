package io.culvert.agent.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.keys.PairKeys.Side;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Vectors made by an independent program (Python's hashlib and hmac) from docs/architecture.md,
 * "Trust and keys".
 */
class PairKeysTest {
  private static final Side ALPHA = new Side("acme/alpha", 0x12345, 3, bytes(0, 32), 11);
  private static final Side BETA = new Side("acme/beta", 2, 5, bytes(32, 32), 22);

  private static byte[] bytes(int first, int length) {
    byte[] bytes = new byte[length];
    IntStream.range(0, length).forEach(i -> bytes[i] = (byte) (first + i));
    return bytes;
  }

  private static PairKeys keys(Side own, Side peer, byte[] secret) {
    return PairKeys.of("acme/office", 7, EspTransform.AES_256_GCM_16, own, peer, secret);
  }

  @Test
  void derivesTheIdentityOfTheVector() {
    assertThat(keys(ALPHA, BETA, bytes(64, 32)).identity())
        .isEqualTo("0ac8f4e925a8fd51d16fe737eef90e6db3159d5503b287a6aa3f6bd000a11a28");
  }

  @Test
  void derivesTheKeysAndSaltsOfTheVector() {
    byte[] secret = bytes(64, 32);
    KeyMaterialPair alpha = keys(ALPHA, BETA, secret).derive(bytes(96, 32), secret);
    assertThat(HexFormat.of().formatHex(alpha.outbound().copy()))
        .isEqualTo("d5f787bdfa157f75df4c30fdc6f1c6a7d06ac80d080a37b258aca2084ee80de9ba2e08fc");
    assertThat(HexFormat.of().formatHex(alpha.inbound().copy()))
        .isEqualTo("04ec5ae5a800dd7f0c599a60da4cca70213deec140bf899512f4109b7ee9b25a095757ef");
  }

  @Test
  void composesTheSpisOfTheReceiversTagTheSendersIndexAndTheEpoch() {
    PairKeys alpha = keys(ALPHA, BETA, bytes(64, 32));
    assertThat(alpha.outboundSpiInt()).isEqualTo(0x96123457);
    assertThat(alpha.inboundSpiInt()).isEqualTo(0x8b000027);
  }

  @Test
  void leavesTheSecretsToTheirOwner() {
    byte[] secret = bytes(64, 32);
    byte[] agreement = bytes(96, 32);
    keys(ALPHA, BETA, secret).derive(agreement, secret).close();
    assertThat(secret).isEqualTo(bytes(64, 32));
    assertThat(agreement).isEqualTo(bytes(96, 32));
  }

  @Test
  void refusesASecretOfAnotherLength() {
    assertThatIllegalArgumentException().isThrownBy(() -> keys(ALPHA, BETA, bytes(64, 31)));
    assertThatIllegalArgumentException().isThrownBy(() -> keys(ALPHA, BETA, new byte[0]));
    PairKeys good = keys(ALPHA, BETA, bytes(64, 32));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> good.derive(bytes(96, 32), bytes(64, 31)));
  }

  @Test
  void refusesValuesThatWouldSpillIntoOtherBitsOfTheSpi() {
    byte[] key = bytes(0, 32);
    assertThatIllegalArgumentException().isThrownBy(() -> new Side("a/b", 1, 1, key, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Side("a/b", 1, 1, key, 128));
    assertThatIllegalArgumentException().isThrownBy(() -> new Side("a/b", 0, 1, key, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Side("a/b", 1 << 20, 1, key, 1));
  }
}
