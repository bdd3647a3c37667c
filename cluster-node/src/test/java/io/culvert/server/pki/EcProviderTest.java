package io.culvert.server.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import org.junit.jupiter.api.Test;

class EcProviderTest {
  private static final String ALGORITHM = "SHA256withECDSA";
  private static final byte[] TEXT = "culvert".getBytes(StandardCharsets.US_ASCII);

  private final KeyPair ours = CertificateAuthority.generateKeyPair(new SecureRandom());
  private final KeyPair others = CertificateAuthority.generateKeyPair(new SecureRandom());

  private static byte[] sign(KeyPair pair, Signature signature) throws GeneralSecurityException {
    signature.initSign(pair.getPrivate());
    signature.update(TEXT);
    return signature.sign();
  }

  private static boolean verifies(KeyPair pair, byte[] text, byte[] signed, Signature signature)
      throws GeneralSecurityException {
    signature.initVerify(pair.getPublic());
    signature.update(text);
    return signature.verify(signed);
  }

  private static Signature bouncyCastles() throws GeneralSecurityException {
    return Signature.getInstance(ALGORITHM, EcProvider.get());
  }

  private static Signature jdks() throws GeneralSecurityException {
    return Signature.getInstance(ALGORITHM, "SunEC");
  }

  @Test
  void agreesWithTheJdk() throws Exception {
    byte[] byUs = sign(ours, bouncyCastles());
    byte[] byJdk = sign(ours, jdks());

    assertThat(verifies(ours, TEXT, byUs, jdks())).isTrue();
    assertThat(verifies(ours, TEXT, byJdk, bouncyCastles())).isTrue();
    assertThat(verifies(others, TEXT, byJdk, bouncyCastles())).isFalse();
    assertThat(verifies(ours, TEXT, byJdk, bouncyCastles())).isTrue();
    byte[] altered = TEXT.clone();
    altered[0] ^= 1;
    assertThat(verifies(ours, altered, byJdk, bouncyCastles())).isFalse();
  }

  @Test
  void refusesKeysOfAnotherKind() throws Exception {
    KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

    assertThatThrownBy(() -> bouncyCastles().initVerify(edwards.getPublic()))
        .isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(() -> bouncyCastles().initSign(edwards.getPrivate()))
        .isInstanceOf(InvalidKeyException.class);
  }

  @Test
  void isTakenOnlyByItsName() throws Exception {
    Provider provider = EcProvider.get();

    assertThat(Security.getProvider(EcProvider.NAME)).isSameAs(provider);
    assertThat(Signature.getInstance(ALGORITHM).getProvider()).isNotSameAs(provider);
    assertThat(EcProvider.get()).isSameAs(provider);
  }
}
