package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Sealing and opening are inverse, leave the input as it was, and notice every flipped bit. */
class EspRoundTripPropertyTest {
  private static final int SPI = 0x80000123;
  private final AeadChoice choice = AeadChoice.fastest();

  @Property(tries = 300)
  void opensWhatWasSealed(
      @ForAll EspTransform transform,
      @ForAll @IntRange(max = 3000) int length,
      @ForAll @LongRange(min = 1, max = 1L << 48) long sequence,
      @ForAll boolean masqueraded,
      @ForAll long seed) {
    int word = masqueraded ? 0x80 : 0;
    byte[] plain = randomBytes(length + EspSealer.TRAILER_ROOM_BYTES, seed);
    byte[] in = plain.clone();
    byte[] sealed = new byte[transform.sealedBytes(length)];

    int bytes =
        new EspSealer()
            .seal(
                transform,
                outbound(transform),
                word,
                SPI,
                sequence,
                EspPacket.IPV4,
                in,
                0,
                length,
                sealed,
                0);

    assertThat(bytes).isEqualTo(sealed.length);
    assertThat(EspPacket.isPlausible(bytes) && transform.isPlausible(bytes)).isTrue();
    assertThat(in).isEqualTo(plain);
    byte[] opened = new byte[bytes];
    EspOpener opener = new EspOpener();
    assertThat(
            opener.open(transform, inbound(transform), word, sequence, sealed, 0, bytes, opened, 0))
        .isTrue();
    assertThat(opener.removeTrailer(opened, 0)).isTrue();
    assertThat(opener.payloadBytes()).isEqualTo(length);
    assertThat(opener.nextHeader()).isEqualTo(EspPacket.IPV4);
    assertThat(Arrays.copyOf(opened, length)).isEqualTo(Arrays.copyOf(plain, length));
  }

  @Property(tries = 50)
  void noticesEveryFlippedBit(
      @ForAll EspTransform transform, @ForAll @IntRange(max = 40) int length, @ForAll long seed) {
    byte[] in = randomBytes(length + EspSealer.TRAILER_ROOM_BYTES, seed);
    byte[] sealed = new byte[transform.sealedBytes(length)];
    AeadTransform inbound = inbound(transform);
    new EspSealer()
        .seal(transform, outbound(transform), 0x80, SPI, 77, 4, in, 0, length, sealed, 0);
    byte[] out = new byte[sealed.length];
    EspOpener opener = new EspOpener();
    for (int bit = 0; bit < 8 * sealed.length; bit++) {
      byte[] flipped = sealed.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      long sequence = Integer.toUnsignedLong(EspPacket.sequenceInt(flipped, 0));
      assertThat(
              opener.open(transform, inbound, 0x80, sequence, flipped, 0, flipped.length, out, 0))
          .as("bit %d", bit)
          .isFalse();
    }
    for (int bit = 0; bit < 32; bit++) {
      assertThat(
              opener.open(
                  transform, inbound, 0x80 ^ (1 << bit), 77, sealed, 0, sealed.length, out, 0))
          .as("bit %d of the masquerade header", bit)
          .isFalse();
    }
    assertThat(
            opener.open(
                transform, inbound, 0x80, 77 + (1L << 32), sealed, 0, sealed.length, out, 0))
        .as("another upper half of the sequence number")
        .isFalse();
    assertThat(opener.open(transform, inbound, 0x80, 77, sealed, 0, sealed.length, out, 0))
        .isTrue();
  }

  private AeadTransform outbound(EspTransform transform) {
    return choice.outbound().create(transform, key(transform));
  }

  /** Always the reference, so that the two implementations check each other. */
  private static AeadTransform inbound(EspTransform transform) {
    return new JdkAead().create(transform, key(transform));
  }

  private static KeyMaterial key(EspTransform transform) {
    return KeyMaterial.adopt(randomBytes(transform.keyMaterialBytes(), 42));
  }

  private static byte[] randomBytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
