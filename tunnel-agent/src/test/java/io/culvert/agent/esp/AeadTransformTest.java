package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.ip.NetworkOrder;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Published vectors, for the reference and for whatever implementation this machine chooses. */
class AeadTransformTest {
  private static final HexFormat HEX = HexFormat.of();

  static AeadProvider[] providers() {
    return new AeadProvider[] {new JdkAead(), AeadChoice.fastest().outbound()};
  }

  /** The first case of draft-mcgrew-gcm-test-01: a whole ESP packet with a 64-bit ESN. */
  @ParameterizedTest
  @MethodSource("providers")
  void opensThePublishedEspPacketWithExtendedSequenceNumber(AeadProvider provider) {
    byte[] packet =
        HEX.parseHex(
            "00004321"
                + "00000000"
                + "4956ed7e3b244cfe"
                + "fecf537e729d5b07dc30df528dd22b768d1b98736696a6fd348509fa13ceac34"
                + "cfa2436f14a3f3cf65925bf1f4a13c5d15b21e1884f5ff6247aeabb786b93bce"
                + "61bc17d768fd9732"
                + "459018148f6cbe722fd04796562dfdb4");
    byte[] out = new byte[packet.length];
    AeadTransform aead =
        provider.create(
            EspTransform.AES_128_GCM_16, key("4c80cdefbb5d10da906ac73c3613a634" + "2e443b68"));

    boolean authentic =
        new EspOpener()
            .open(
                EspTransform.AES_128_GCM_16,
                aead,
                0,
                0x87654321_00000000L,
                packet,
                0,
                packet.length,
                out,
                0);

    assertThat(authentic).isTrue();
    assertThat(HEX.formatHex(out, 0, 72))
        .isEqualTo(
            "45000048699a000080114db7c0a80102c0a801010a9bf15638d3010000010000"
                + "00000000045f736970045f756470037369700963796265726369747902646b00"
                + "0021000101020201");
  }

  /** The third case of the same draft: AES-256. */
  @ParameterizedTest
  @MethodSource("providers")
  void sealsThePublishedAes256Case(AeadProvider provider) {
    AeadTransform aead =
        provider.create(
            EspTransform.AES_256_GCM_16,
            key("abbccddef00112233445566778899aab".repeat(2) + "11223344"));
    byte[] plain =
        HEX.parseHex(
            "4500003069a6400080062690c0a801029389155e0a9e008b2dc57ee000000000"
                + "7002400020bf0000020405b40101040201020201");
    byte[] out = new byte[plain.length + AeadTransform.ICV_BYTES];

    byte[] aad = HEX.parseHex("4a2cbfe300000002");
    aead.seal(0x0102030405060708L, aad, aad.length, plain, 0, plain.length, out, 0);

    assertThat(HEX.formatHex(out))
        .isEqualTo(
            "ff425c9b724599df7a3bcd510194e00d6a78107f1b0b1cbf06efae9d65a5d763"
                + "748a637985771d347f0545659f14e99def842d8eb335f4eecfdbf831824b4c49"
                + "15956c96");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void releasesNoPlaintextOfAForgedPacket(AeadProvider provider) {
    AeadTransform aead = provider.create(EspTransform.AES_256_GCM_16, key("07".repeat(36)));
    byte[] sealed = new byte[100 + AeadTransform.ICV_BYTES];
    byte[] aad = new byte[16];
    aead.seal(1, aad, 16, HEX.parseHex("55".repeat(100)), 0, 100, sealed, 0);
    sealed[115] ^= 1;
    byte[] out = new byte[100];

    assertThat(aead.open(1, aad, 16, sealed, 0, 100, out, 0)).isFalse();

    assertThat(out).containsOnly(0);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void refusesToWorkAfterItsKeyWasDestroyed(AeadProvider provider) {
    AeadTransform aead = provider.create(EspTransform.AES_128_GCM_16, key("09".repeat(20)));
    aead.close();
    aead.close();
    assertThatThrownBy(() -> aead.seal(1, new byte[16], 16, new byte[4], 0, 4, new byte[20], 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void refusesKeyingMaterialOfAnotherLength(AeadProvider provider) {
    KeyMaterial material = key("00".repeat(20));
    assertThatThrownBy(() -> provider.create(EspTransform.AES_256_GCM_16, material))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("36");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void passesTheSelfTestOfTheStart(AeadProvider provider) throws AeadUnavailableException {
    AeadSelfTest.check(provider);
    assertThat(provider.description()).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aWrongImplementationFailsTheSelfTest(AeadProvider provider) {
    AeadProvider wrong =
        new AeadProvider() {
          @Override
          public String description() {
            return "wrong";
          }

          @Override
          public AeadTransform create(EspTransform transform, KeyMaterial keyMaterial) {
            byte[] other = keyMaterial.copy();
            NetworkOrder.putInt32(other, 0, NetworkOrder.int32(other, 0) + 1);
            return provider.create(transform, KeyMaterial.adopt(other));
          }
        };
    assertThatThrownBy(() -> AeadSelfTest.check(wrong))
        .isInstanceOf(AeadUnavailableException.class);
  }

  private static KeyMaterial key(String hex) {
    return KeyMaterial.adopt(HEX.parseHex(hex));
  }
}
