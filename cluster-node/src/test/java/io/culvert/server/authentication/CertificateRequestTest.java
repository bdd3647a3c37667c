package io.culvert.server.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateRequestTest {
  @Test
  void acceptsP256AndEd25519() throws Exception {
    KeyPair p256 = Requests.ec("secp256r1");
    KeyPair ed25519 = Requests.of("Ed25519");

    assertThat(CertificateRequest.verifiedKey(Requests.signed(p256, "SHA256withECDSA")))
        .isEqualTo(p256.getPublic());
    assertThat(CertificateRequest.verifiedKey(Requests.signed(ed25519, "Ed25519")))
        .isEqualTo(ed25519.getPublic());
  }

  @ParameterizedTest
  @CsvSource({"Ed448, Ed448", "RSA, SHA256withRSA"})
  void refusesOtherAlgorithms(String algorithm, String signature) throws Exception {
    byte[] request = Requests.signed(Requests.of(algorithm), signature);

    assertRefused(request, "P-256 or Ed25519");
  }

  @Test
  void refusesOtherCurves() throws Exception {
    assertRefused(Requests.signed(Requests.ec("secp384r1"), "SHA384withECDSA"), "P-256 or Ed25519");
  }

  /** Somebody who saw a public key has not its private key. */
  @Test
  void refusesTheKeyOfSomebodyElse() throws Exception {
    assertRefused(
        Requests.signed(Requests.ec("secp256r1"), Requests.ec("secp256r1"), "SHA256withECDSA"),
        "not signed by its key");
  }

  @Test
  void refusesWhatIsTooLarge() {
    assertRefused(new byte[CertificateRequest.MAX_BYTES + 1], "too large");
  }

  @Test
  void refusesEveryTruncation() throws Exception {
    byte[] request = Requests.good();
    for (int length = 0; length < request.length; length++) {
      assertRefused(Arrays.copyOf(request, length), "certificate request");
    }
  }

  /** Each byte set to another value: no exception but the refusal, and never another key. */
  @Test
  void refusesOrKeepsTheKeyWhateverByteIsChanged() throws Exception {
    byte[] request = Requests.good();
    PublicKey key = CertificateRequest.verifiedKey(request);
    Random random = new Random(1);
    for (int i = 0; i < request.length; i++) {
      byte[] mutant = request.clone();
      mutant[i] ^= (byte) (1 + random.nextInt(255));
      try {
        assertThat(CertificateRequest.verifiedKey(mutant)).isEqualTo(key);
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageMatching(".*(certificate request|P-256 or Ed25519).*");
      }
    }
  }

  private static void assertRefused(byte[] request, String reason) {
    assertThatThrownBy(() -> CertificateRequest.verifiedKey(request))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}
