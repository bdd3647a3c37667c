package io.culvert.server.pki;

import java.io.IOException;
import java.io.Serial;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.util.Arrays;
import java.util.Objects;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jcajce.provider.asymmetric.ec.KeyFactorySpi;
import org.bouncycastle.jcajce.provider.asymmetric.ec.SignatureSpi;
import org.jspecify.annotations.Nullable;

/**
 * Bouncy Castle's ECDSA with SHA-256, as a provider of nothing else. The JDK's arithmetic on P-256
 * counts on the second compiler, which servers do without (ADR 0017): compiled once, the JDK
 * verifies a signature in 4 ms, and Bouncy Castle in 0.3 ms. Its whole provider has some thousand
 * services, which a server need not register at its start.
 *
 * <p>It is registered last, so that only who names it gets it.
 */
public final class EcProvider {
  /** For interfaces that take a provider's name. */
  static final String NAME = "CulvertEC";

  private static final Provider INSTANCE = register();

  private EcProvider() {}

  /** The provider, registered. */
  public static Provider get() {
    return INSTANCE;
  }

  private static Provider register() {
    Provider provider = new Ecdsa();
    return Security.addProvider(provider) < 0
        ? Objects.requireNonNull(Security.getProvider(NAME))
        : provider;
  }

  private static final class Ecdsa extends Provider {
    @Serial private static final long serialVersionUID = 1L;

    Ecdsa() {
      super(NAME, "1", "ECDSA with SHA-256 by Bouncy Castle");
      put("Signature.SHA256withECDSA", Signature.class.getName());
    }
  }

  /**
   * Takes any provider's keys on P-256 and makes them Bouncy Castle's, which share one generator
   * and what was computed for it. Made by the provider, by its name.
   */
  public static final class Signature extends SignatureSpi.ecDSA256 {
    private static final KeyFactorySpi.EC KEYS = new KeyFactorySpi.EC();

    /** A CA signs all certificates that a server sees: what was computed for its key is kept. */
    private static volatile @Nullable Known last;

    private record Known(PublicKey given, PublicKey translated) {}

    /** Without a key. */
    public Signature() {}

    @Override
    protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
      Known known = last;
      if (known == null || !known.given().equals(key)) {
        known = new Known(key, translated(key));
        last = known;
      }
      super.engineInitVerify(known.translated());
    }

    private static PublicKey translated(PublicKey key) throws InvalidKeyException {
      try {
        return KEYS.generatePublic(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
      } catch (IOException | RuntimeException e) {
        // The ASN.1 parser has no one exception for bad input.
        throw new InvalidKeyException("the key is not on a curve that is known", e);
      }
    }

    @Override
    protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
      byte[] encoded = key.getEncoded();
      try {
        super.engineInitSign(KEYS.generatePrivate(PrivateKeyInfo.getInstance(encoded)));
      } catch (IOException | RuntimeException e) {
        throw new InvalidKeyException("the key is not on a curve that is known", e);
      } finally {
        Arrays.fill(encoded, (byte) 0);
      }
    }
  }
}
