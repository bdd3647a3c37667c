package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Each transform beside {@link NaiveEsp}, both ways. */
class NaiveEspPropertyTest {
  private static final int SPI = 0x81000050;
  private static final byte[] MASQUERADE = {0, 0, 0, (byte) 0x80};

  @Property(tries = 300)
  void theNaiveOneOpensWhatWeSeal(
      @ForAll EspTransform transform,
      @ForAll @IntRange(max = 1600) int length,
      @ForAll @LongRange(min = 1, max = 1L << 40) long sequence,
      @ForAll boolean masqueraded,
      @ForAll long seed) {
    byte[] keys = random(transform.keyMaterialBytes(), seed);
    byte[] payload = random(length, seed + 1);
    byte[] in = Arrays.copyOf(payload, length + EspSealer.TRAILER_ROOM_BYTES);
    byte[] packet = new byte[transform.sealedBytes(length)];
    try (AeadTransform aead = create(transform, keys)) {
      int word = masqueraded ? 0x80 : 0;
      int bytes =
          new EspSealer().seal(transform, aead, word, SPI, sequence, 4, in, 0, length, packet, 0);
      assertThat(bytes).isEqualTo(packet.length);
    }
    byte[] plain = NaiveEsp.open(transform, keys, masquerade(masqueraded), sequence, packet);
    assertThat(Arrays.copyOf(plain, length)).isEqualTo(payload);
    assertThat(plain[plain.length - 1]).isEqualTo((byte) 4);
    assertThat(plain[plain.length - 2]).isEqualTo((byte) (plain.length - length - 2));
  }

  @Property(tries = 300)
  void weOpenWhatTheNaiveOneSeals(
      @ForAll EspTransform transform,
      @ForAll @IntRange(max = 1600) int length,
      @ForAll @LongRange(min = 1, max = 1L << 40) long sequence,
      @ForAll boolean masqueraded,
      @ForAll long seed) {
    byte[] keys = random(transform.keyMaterialBytes(), seed);
    byte[] payload = random(length, seed + 1);
    byte[] iv =
        transform.isCombinedMode()
            ? ByteBuffer.allocate(8).putLong(seed).array()
            : random(transform.ivBytes(), seed + 2);
    byte[] packet =
        NaiveEsp.seal(transform, keys, masquerade(masqueraded), SPI, sequence, iv, 41, payload);
    byte[] out = new byte[packet.length];
    EspOpener opener = new EspOpener();
    assertThat(transform.isPlausible(packet.length)).isTrue();
    try (AeadTransform aead = create(transform, keys)) {
      int word = masqueraded ? 0x80 : 0;
      for (int twice = 0; twice < 2; twice++) {
        assertThat(opener.open(transform, aead, word, sequence, packet, 0, packet.length, out, 0))
            .isTrue();
      }
    }
    assertThat(opener.removeTrailer(out, 0)).isTrue();
    assertThat(opener.nextHeader()).isEqualTo(41);
    assertThat(Arrays.copyOf(out, opener.payloadBytes())).isEqualTo(payload);
  }

  private static AeadTransform create(EspTransform transform, byte[] keys) {
    return AeadChoice.fastest().outbound().create(transform, KeyMaterial.adopt(keys.clone()));
  }

  private static byte[] masquerade(boolean masqueraded) {
    return masqueraded ? MASQUERADE : new byte[0];
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
