package io.culvert.agent.sad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.esp.AeadChoice;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterial;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecurityAssociationRegistryTest {
  private final SecurityAssociationRegistry registry =
      new SecurityAssociationRegistry(
          AeadChoice.jdk(), transform -> new SaLimits(10, 20, 1000, 2000));

  @Test
  void anIdentityNeverBeginsAnew() {
    SecurityAssociationPair first = create("x");
    for (long expected = 1; expected <= 7; expected++) {
      assertThat(first.outbound().acquireSequence(10)).isEqualTo(expected);
    }
    first.inbound().window().mark(30);
    registry.destroy(first);

    SecurityAssociationPair second = create("x");
    assertThat(second.outbound().acquireSequence(10)).isEqualTo(8);
    assertThat(second.outbound().payloadBytes()).isEqualTo(80);
    assertThat(second.inbound().window().isAcceptable(29)).isFalse();
    assertThat(second.inbound().window().isAcceptable(31)).isTrue();
    assertThat(second.isProven()).isFalse();
    assertThat(create("y").outbound().acquireSequence(10)).isEqualTo(1);
  }

  @Test
  void stopsAtEitherHardLimit() {
    OutboundSecurityAssociation packets = create("p").outbound();
    for (int i = 0; i < 20; i++) {
      assertThat(packets.isPastSoftLimit()).isEqualTo(i >= 10);
      assertThat(packets.acquireSequence(0)).isPositive();
    }
    assertThat(packets.acquireSequence(0)).isZero();
    OutboundSecurityAssociation bytes = create("b").outbound();
    assertThat(bytes.acquireSequence(1999)).isPositive();
    assertThat(bytes.isPastSoftLimit()).isTrue();
    assertThat(bytes.acquireSequence(2)).isZero();
    assertThat(bytes.acquireSequence(1)).isPositive();
  }

  /** 2^30 bytes (SWEET32), of which the second half asks for new keys. */
  @Test
  void tripleDesStopsAfterOneGibibyte() {
    EspTransform transform = EspTransform.TRIPLE_DES_CBC_HMAC_SHA2_256_128;
    OutboundSecurityAssociation legacy =
        new SecurityAssociationRegistry(AeadChoice.jdk(), SaLimits::of)
            .create(
                "3des",
                transform,
                1,
                KeyMaterial.adopt(new byte[transform.keyMaterialBytes()]),
                2,
                KeyMaterial.adopt(new byte[transform.keyMaterialBytes()]))
            .outbound();
    for (int mebibyte = 0; mebibyte < 1024; mebibyte++) {
      assertThat(legacy.isPastSoftLimit()).isEqualTo(mebibyte >= 512);
      assertThat(legacy.acquireSequence(1 << 20)).isEqualTo(mebibyte + 1);
    }
    assertThat(legacy.acquireSequence(1)).isZero();
  }

  @Test
  void destroysKeys() {
    KeyMaterial key = KeyMaterial.adopt(new byte[20]);
    SecurityAssociationPair pair =
        registry.create(
            "z", EspTransform.AES_128_GCM_16, 1, key, 2, KeyMaterial.adopt(new byte[20]));
    assertThatThrownBy(key::copy).isInstanceOf(IllegalStateException.class);
    registry.destroy(pair);
    assertThatThrownBy(
            () ->
                pair.outbound()
                    .transform()
                    .seal(1, new byte[16], 16, new byte[4], 0, 4, new byte[20], 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void findsEverySpiAndNoOther() {
    Random random = new Random(2);
    Map<Integer, Integer> model = new HashMap<>();
    SpiTable<Integer> table = new SpiTable<>(1000);
    for (int i = 0; i < 1000; i++) {
      int spi = 0x8000_0000 | random.nextInt(3000) << 4;
      table.put(spi, i);
      model.put(spi, i);
    }
    for (int index = 0; index < 3000; index++) {
      int spi = 0x8000_0000 | index << 4;
      assertThat(table.get(spi)).isEqualTo(model.get(spi));
    }
    assertThat(new SpiTable<String>(0).get(5)).isNull();
  }

  private SecurityAssociationPair create(String identity) {
    return registry.create(
        identity,
        EspTransform.AES_128_GCM_16,
        1,
        KeyMaterial.adopt(new byte[20]),
        2,
        KeyMaterial.adopt(new byte[20]));
  }
}
