package io.culvert.agent.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class StateSealPropertyTest {
  private final PrivateKey key = key();
  private final StateSeal seal = new StateSeal("acme/laptop", key);

  private static PrivateKey key() {
    try {
      return KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Property(tries = 100)
  void opensWhatItSealed(@ForAll @Size(max = 2000) byte[] content) throws GeneralSecurityException {
    assertThat(new StateSeal("acme/laptop", key).open(seal.seal(content))).isEqualTo(content);
    assertThat(seal.seal(content)).isNotEqualTo(seal.seal(content));
  }

  @Property(tries = 200)
  void noticesEveryFlippedBit(
      @ForAll @Size(max = 40) byte[] content, @ForAll @IntRange(max = 100_000) int flip) {
    byte[] sealed = seal.seal(content);
    int bit = flip % (8 * sealed.length);
    sealed[bit / 8] ^= (byte) (1 << bit % 8);

    assertThatThrownBy(() -> seal.open(sealed)).isInstanceOf(GeneralSecurityException.class);
  }

  @Property(tries = 50)
  void isOneNodesOnly(@ForAll @Size(max = 40) byte[] content) {
    byte[] sealed = seal.seal(content);

    assertThatThrownBy(() -> new StateSeal("acme/desktop", key).open(sealed))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> new StateSeal("acme/laptop", key()).open(sealed))
        .isInstanceOf(GeneralSecurityException.class);
  }
}
