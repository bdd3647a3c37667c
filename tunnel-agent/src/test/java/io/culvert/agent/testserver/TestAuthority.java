package io.culvert.agent.testserver;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/** A CA for tests. */
public final class TestAuthority {
  private final X500Name name;
  private final KeyPair pair = keyPair();
  private final X509Certificate certificate;
  private long serial = 1;

  public TestAuthority(String commonName) {
    name = new X500Name("CN=" + commonName);
    certificate = issue(name, pair.getPublic(), null);
  }

  public static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** The pin. */
  public byte[] fingerprint() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A server's certificate for this address or name. */
  public X509Certificate server(PublicKey key, String host) {
    int kind = host.matches("[0-9.:]+") ? GeneralName.iPAddress : GeneralName.dNSName;
    return issue(new X500Name("CN=server"), key, new GeneralName(kind, host));
  }

  /** A node's certificate. */
  public X509Certificate node(PublicKey key, String nodeId) {
    return issue(
        new X500Name("CN=node"),
        key,
        new GeneralName(GeneralName.uniformResourceIdentifier, "culvert:node:" + nodeId));
  }

  /** A node's certificate for a PKCS#10 request whose signature is right. */
  public X509Certificate node(byte[] request, String nodeId) {
    try {
      JcaPKCS10CertificationRequest parsed = new JcaPKCS10CertificationRequest(request);
      PublicKey key = parsed.getPublicKey();
      if (!parsed.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new AssertionError("the request does not prove the key");
      }
      return node(key, nodeId);
    } catch (IOException | GeneralSecurityException | PKCSException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private X509Certificate issue(
      X500Name subject, PublicKey key, @Nullable GeneralName alternative) {
    Instant now = Instant.now();
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              BigInteger.valueOf(serial++),
              Date.from(now.minus(Duration.ofHours(1))),
              Date.from(now.plus(Duration.ofHours(1))),
              subject,
              key);
      builder.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(alternative == null));
      if (alternative != null) {
        builder.addExtension(
            Extension.subjectAlternativeName, false, new GeneralNames(alternative));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }
}
