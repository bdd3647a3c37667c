package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.agent.ip.NetworkOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NIST CAVP, RFC 7634, RFC 8439 and Wycheproof, for every implementation that this machine has. */
class CombinedModeVectorsTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final List<AeadProvider> PROVIDERS =
      List.of(new JdkAead(), AeadChoice.fastest().outbound());

  @ParameterizedTest
  @CsvSource({
    "gcmEncryptExtIV128.rsp, AES_128_GCM_16",
    "gcmEncryptExtIV256.rsp, AES_256_GCM_16",
    "gcmDecrypt128.rsp, AES_128_GCM_16",
    "gcmDecrypt256.rsp, AES_256_GCM_16"
  })
  void aesGcmGivesTheAnswersOfNist(String file, EspTransform transform) {
    List<VectorFile.Vector> vectors = VectorFile.read(file);
    assertThat(vectors).hasSize(48);
    for (VectorFile.Vector vector : vectors) {
      check(
          transform,
          vector.bytes("KEY"),
          vector.bytes("IV"),
          vector.bytes("AAD"),
          vector.has("FAIL") ? null : vector.bytes("PT"),
          vector.bytes("CT"),
          vector.bytes("TAG"));
    }
  }

  @Test
  void chaCha20Poly1305GivesTheAnswersOfRfc8439() {
    List<VectorFile.Vector> vectors = VectorFile.read("chacha20-poly1305-openssl.txt");
    assertThat(vectors).hasSize(5);
    for (VectorFile.Vector vector : vectors) {
      check(
          EspTransform.CHACHA20_POLY1305,
          vector.bytes("KEY"),
          vector.bytes("IV"),
          vector.bytes("AAD"),
          vector.has("RESULT") ? null : vector.bytes("PLAINTEXT"),
          vector.bytes("CIPHERTEXT"),
          vector.bytes("TAG"));
    }
  }

  @Test
  void chaCha20Poly1305GivesTheAnswersOfWycheproof() throws JsonProcessingException {
    JsonNode file =
        new ObjectMapper().readTree(VectorFile.text("chacha20_poly1305_wycheproof.json"));
    int seen = 0;
    for (JsonNode group : file.path("testGroups")) {
      assertThat(group.path("ivSize").asInt()).isEqualTo(96);
      for (JsonNode test : group.path("tests")) {
        boolean valid = test.path("result").asText().equals("valid");
        check(
            EspTransform.CHACHA20_POLY1305,
            HEX.parseHex(test.path("key").asText()),
            HEX.parseHex(test.path("iv").asText()),
            HEX.parseHex(test.path("aad").asText()),
            valid ? HEX.parseHex(test.path("msg").asText()) : null,
            HEX.parseHex(test.path("ct").asText()),
            HEX.parseHex(test.path("tag").asText()));
        seen++;
      }
    }
    assertThat(seen).isEqualTo(file.path("numberOfTests").asInt()).isGreaterThan(7);
  }

  /** RFC 7634, appendix A: a whole packet, its sequence number still of 32 bits. */
  @Test
  void chaCha20Poly1305SealsThePacketOfRfc7634() {
    check(
        EspTransform.CHACHA20_POLY1305,
        HEX.parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
        HEX.parseHex("a0a1a2a3" + "1011121314151617"),
        HEX.parseHex("0102030400000005"),
        HEX.parseHex(
            "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec10"
                + "0007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223"
                + "2425262728292a2b2c2d2e2f303132333435363701020204"),
        HEX.parseHex(
            "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c6"
                + "14ee8099d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9befe2facc638e8f3"
                + "cbec163fac469b502773f6fb94e664da9165b82829f641e0"),
        HEX.parseHex("76aaa8266b7fb0f7b11b369907e1ad43"));
  }

  /**
   * Seals and opens with each provider.
   *
   * @param plain null if the vector is a forgery
   */
  private static void check(
      EspTransform transform,
      byte[] key,
      byte[] nonce,
      byte[] aad,
      byte @Nullable [] plain,
      byte[] ciphertext,
      byte[] tag) {
    byte[] keyAndSalt = Arrays.copyOf(key, key.length + EspTransform.SALT_BYTES);
    System.arraycopy(nonce, 0, keyAndSalt, key.length, EspTransform.SALT_BYTES);
    long iv = NetworkOrder.int64(nonce, EspTransform.SALT_BYTES);
    byte[] sealed = Arrays.copyOf(ciphertext, ciphertext.length + tag.length);
    System.arraycopy(tag, 0, sealed, ciphertext.length, tag.length);
    for (AeadProvider provider : PROVIDERS) {
      // Two transforms, as in life: the JDK encrypts nothing with the nonce that it used last.
      try (KeyMaterial material = KeyMaterial.adopt(keyAndSalt.clone());
          AeadTransform inbound = provider.create(transform, material);
          AeadTransform outbound = provider.create(transform, material)) {
        byte[] opened = new byte[ciphertext.length];
        boolean authentic =
            inbound.open(iv, aad, aad.length, sealed, 0, ciphertext.length, opened, 0);
        assertThat(authentic).as(provider.description()).isEqualTo(plain != null);
        if (plain == null) {
          assertThat(opened).containsOnly(0);
        } else {
          byte[] out = new byte[sealed.length];
          outbound.seal(iv, aad, aad.length, plain, 0, plain.length, out, 0);
          assertThat(opened).isEqualTo(plain);
          assertThat(out).isEqualTo(sealed);
        }
      }
    }
  }
}
