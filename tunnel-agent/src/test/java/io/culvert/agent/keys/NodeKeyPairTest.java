package io.culvert.agent.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.InvalidKeyException;
import java.util.HexFormat;
import org.bouncycastle.crypto.agreement.X25519Agreement;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7748 with an independent implementation on the other side. */
class NodeKeyPairTest {
  @Test
  void bothSidesAgree() throws InvalidKeyException {
    NodeKeyPair a = NodeKeyPair.generate();
    NodeKeyPair b = NodeKeyPair.generate();
    assertThat(a.agree(b.publicKey())).hasSize(32).isEqualTo(b.agree(a.publicKey()));
  }

  @Test
  void agreesWithAnotherImplementation() throws InvalidKeyException {
    for (int i = 0; i < 64; i++) {
      byte[] secret = new byte[32];
      secret[0] = (byte) i;
      secret[31] = (byte) (255 - i);
      X25519PrivateKeyParameters peer = new X25519PrivateKeyParameters(secret, 0);
      NodeKeyPair own = NodeKeyPair.generate();
      byte[] expected = new byte[32];
      X25519Agreement agreement = new X25519Agreement();
      agreement.init(peer);
      agreement.calculateAgreement(new X25519PublicKeyParameters(own.publicKey(), 0), expected, 0);
      assertThat(own.agree(peer.generatePublicKey().getEncoded())).isEqualTo(expected);
    }
  }

  @Test
  void isFreshEachTime() {
    assertThat(NodeKeyPair.generate().publicKey()).isNotEqualTo(NodeKeyPair.generate().publicKey());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void refusesAKeyOfSmallOrder(String hostile) {
    assertThatExceptionOfType(InvalidKeyException.class)
        .isThrownBy(() -> NodeKeyPair.generate().agree(HexFormat.of().parseHex(hostile)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void refusesAKeyOfAnotherLength(int length) {
    assertThatExceptionOfType(InvalidKeyException.class)
        .isThrownBy(() -> NodeKeyPair.generate().agree(new byte[length]));
  }

  @Test
  void givesOutCopiesAndShowsNothing() {
    NodeKeyPair pair = NodeKeyPair.generate();
    byte[] copy = pair.publicKey();
    copy[0] ^= 1;
    assertThat(pair.publicKey()).isNotEqualTo(copy);
    assertThat(pair).hasToString("NodeKeyPair");
  }
}
