package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NIST CAVP, RFC 3602, RFC 4231 and Wycheproof. */
class CbcHmacVectorsTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] INTEGRITY_KEY = HEX.parseHex("0b".repeat(32));

  /**
   * The ciphertexts of NIST with their IVs, with an ICV put behind them, open to the plaintexts.
   */
  @ParameterizedTest
  @CsvSource({
    "CBCMMT128.rsp, AES, HmacSHA256, 16, 16",
    "CBCMMT256.rsp, AES, HmacSHA256, 16, 16",
    "CBCMMT256.rsp, AES, HmacSHA512, 16, 32",
    "TCBCMMT3.rsp, DESede, HmacSHA256, 8, 16"
  })
  void opensTheCiphertextsOfNist(
      String file, String algorithm, String macAlgorithm, int ivBytes, int icvBytes) {
    List<VectorFile.Vector> vectors = VectorFile.read(file);
    assertThat(vectors).hasSize(20);
    for (VectorFile.Vector vector : vectors) {
      byte[] key =
          vector.has("KEY")
              ? vector.bytes("KEY")
              : concat(vector.bytes("KEY1"), vector.bytes("KEY2"), vector.bytes("KEY3"));
      byte[] ciphertext = vector.bytes("CIPHERTEXT");
      byte[] aad = HEX.parseHex("00000080" + "80000123" + "0000000100000002");
      byte[] icv =
          NaiveEsp.hmac(
              macAlgorithm,
              INTEGRITY_KEY,
              HEX.parseHex("00000080" + "80000123" + "00000002"),
              vector.bytes("IV"),
              ciphertext,
              HEX.parseHex("00000001"));
      byte[] in = concat(vector.bytes("IV"), ciphertext, Arrays.copyOf(icv, icvBytes));
      byte[] out = new byte[ciphertext.length];
      AeadTransform transform =
          new CbcHmacTransform(
              algorithm, macAlgorithm, key.length, icvBytes, concat(key, INTEGRITY_KEY));

      assertThat(transform.open(0, aad, aad.length, in, ivBytes, ciphertext.length, out, 0))
          .isTrue();

      assertThat(out).isEqualTo(vector.bytes("PLAINTEXT"));
    }
  }

  /** RFC 3602, section 4, cases 5 to 8: ESP packets without an ICV, which is put behind them. */
  @ParameterizedTest
  @CsvSource({
    "90d382b410eeba7ad938c46cec1a82bf, 1,"
        + "0000432100000001e96e8c08ab465763fd098d45dd3ff893f663c25d325c18c6a9453e194e120849"
        + "a4870b66cc6b9965330013b4898dc856a4699e523a55db080b59ec3a8e4b7e52775b07d1db34ed9c"
        + "538ab50c551b874aa269add047ad2d5913ac19b7cfbad4a6,"
        + "08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        + "202122232425262728292a2b2c2d2e2f3031323334353637",
    "90d382b410eeba7ad938c46cec1a82bf, 1,"
        + "000043210000000869d08df7d203329db093fc4924e5bd80f51995881ec4e0c4488987ce742e8109"
        + "689bb379d2d750c0d915dca346a89f75,"
        + "0800b5e8a80a0500a69c083d0b660e00777777777777777777777777",
    "0123456789abcdef0123456789abcdef, 4,"
        + "0000876500000002f4e765244f6407adf13dc1380f673f37773b5241a4c449225e4f3ce5ed611b0c"
        + "237ca96cf74a93013c1b0ea1a0cf70f8e4ecaec78ac53aad7a0f022b859243c647752e94a859352b"
        + "8a4d4d2decd136e5c177f132ad3fbfb2201ac9904c74ee0a109e0ca1e4dfe9d5a100b842f1c22f0d,"
        + "45000054090400004001f988c0a87b03c0a87bc808009f76a90a0100b49c083d02a2040008090a0b"
        + "0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30313233"
        + "34353637",
    "0123456789abcdef0123456789abcdef, 4,"
        + "000087650000000585d47224b5f3dd5d2101d4ea8dffab2215b92683819596a8047232cc00f7048f"
        + "e45318e11f8a0f62ede3c3fc61203bb50f980a08c9843fd3a1b06d5c07ff9639b7eb7dfb3512e5de"
        + "435e7207ed971ef3d2726d9b5ef6affc6d17a0decbb13892,"
        + "45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083da3de0300ffffffff"
        + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
  })
  void opensThePacketsOfRfc3602(String key, int nextHeader, String packet, String payload) {
    // Of the form only the lengths are used, which do not depend on the key's.
    EspTransform form = EspTransform.AES_256_CBC_HMAC_SHA2_256_128;
    byte[] esp = HEX.parseHex(packet);
    byte[] icv = NaiveEsp.hmac("HmacSHA256", INTEGRITY_KEY, esp, new byte[4]);
    byte[] in = concat(esp, Arrays.copyOf(icv, form.icvBytes()));
    byte[] out = new byte[in.length];
    EspOpener opener = new EspOpener();
    AeadTransform transform =
        new CbcHmacTransform("AES", "HmacSHA256", 16, 16, concat(HEX.parseHex(key), INTEGRITY_KEY));
    long sequence = EspPacket.sequenceInt(in, 0);

    assertThat(form.isPlausible(in.length)).isTrue();
    assertThat(opener.open(form, transform, 0, sequence, in, 0, in.length, out, 0)).isTrue();
    assertThat(opener.removeTrailer(out, 0)).isTrue();

    assertThat(opener.nextHeader()).isEqualTo(nextHeader);
    assertThat(HEX.formatHex(out, 0, opener.payloadBytes())).isEqualTo(payload);
  }

  @ParameterizedTest
  @CsvSource({"rfc-4231-sha256.txt, HmacSHA256", "rfc-4231-sha512.txt, HmacSHA512"})
  void authenticatesAsRfc4231(String file, String macAlgorithm) throws Exception {
    List<VectorFile.Vector> vectors = VectorFile.read(file);
    assertThat(vectors).hasSize(6);
    for (VectorFile.Vector vector : vectors) {
      assertThat(authenticate(macAlgorithm, vector.bytes("KEY"), vector.bytes("MSG")))
          .isEqualTo(vector.bytes("MD"));
    }
  }

  @Test
  void authenticatesAsWycheproof() throws Exception {
    JsonNode file = json("hmac_sha256_wycheproof.json");
    int seen = 0;
    for (JsonNode group : file.path("testGroups")) {
      for (JsonNode test : group.path("tests")) {
        byte[] mac =
            authenticate(
                "HmacSHA256",
                HEX.parseHex(test.path("key").asText()),
                HEX.parseHex(test.path("msg").asText()));
        boolean same = Arrays.equals(mac, HEX.parseHex(test.path("tag").asText()));
        assertThat(same).isEqualTo(test.path("result").asText().equals("valid"));
        seen++;
      }
    }
    assertThat(seen).isEqualTo(file.path("numberOfTests").asInt()).isGreaterThan(7);
  }

  private static JsonNode json(String name) throws JsonProcessingException {
    return new ObjectMapper().readTree(VectorFile.text(name));
  }

  /** The message as a packet would have it: its last four bytes are the upper half of the ESN. */
  private static byte[] authenticate(String macAlgorithm, byte[] key, byte[] message)
      throws Exception {
    CbcHmacTransform transform =
        new CbcHmacTransform("AES", macAlgorithm, 32, 16, concat(new byte[32], key));
    byte[] aad =
        ByteBuffer.allocate(8).put(message, message.length - 4, 4).put(message, 0, 4).array();
    return transform.authenticate(aad, aad.length, message, 4, message.length - 8).clone();
  }

  private static byte[] concat(byte[]... parts) {
    return NaiveEsp.concat(parts);
  }
}
