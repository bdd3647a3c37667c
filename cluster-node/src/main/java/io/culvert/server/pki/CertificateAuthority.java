package io.culvert.server.pki;

import io.culvert.model.identity.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The cluster's CA (EC P-256): signs the certificates of servers and nodes (RFC 5280). Thread-safe.
 */
public final class CertificateAuthority {
  /** What a node's subject alternative name begins with; the node's id follows. */
  public static final String NODE_URI = "culvert:node:";

  private static final Duration CA_LIFETIME = Duration.ofDays(3650);
  private static final Duration SERVER_LIFETIME = Duration.ofDays(365);
  private static final Duration NODE_LIFETIME = Duration.ofDays(365);

  /** Certificates are valid from a little earlier, for clocks that are behind. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(10);

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final SecureRandom random;
  private final InstantSource clock;

  CertificateAuthority(
      PrivateKey key, X509Certificate certificate, SecureRandom random, InstantSource clock) {
    this.key = key;
    this.certificate = certificate;
    this.random = random;
    this.clock = clock;
  }

  /** Makes a CA with a new key. */
  static CertificateAuthority create(SecureRandom random, InstantSource clock) {
    KeyPair pair = generateKeyPair(random);
    X500Name name =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, "Culvert")
            .addRDN(BCStyle.CN, "Culvert cluster CA " + Long.toHexString(random.nextLong()))
            .build();
    try {
      JcaX509v3CertificateBuilder builder =
          builder(name, name, pair.getPublic(), CA_LIFETIME, random, clock.instant());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
      return new CertificateAuthority(
          pair.getPrivate(), sign(builder, pair.getPrivate()), random, clock);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot make the CA's certificate", e);
    }
  }

  /** A new key pair on P-256. */
  static KeyPair generateKeyPair(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** The CA's own certificate: the trust anchor. */
  public X509Certificate certificate() {
    return certificate;
  }

  PrivateKey privateKey() {
    return key;
  }

  /**
   * Issues a server's certificate, for TLS in both roles.
   *
   * @param names host names and literal addresses by which others reach it
   */
  X509Certificate issueServer(PublicKey publicKey, String serverName, List<String> names) {
    GeneralName[] alternatives =
        names.stream()
            .distinct()
            .map(CertificateAuthority::alternativeName)
            .toArray(GeneralName[]::new);
    return issue(
        publicKey,
        serverName,
        new GeneralNames(alternatives),
        SERVER_LIFETIME,
        KeyPurposeId.id_kp_serverAuth,
        KeyPurposeId.id_kp_clientAuth);
  }

  /** Issues a node's certificate: its subject alternative name says which node. */
  public X509Certificate issueNode(PublicKey publicKey, NodeId node) {
    return issue(
        publicKey,
        node.toString(),
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, NODE_URI + node)),
        NODE_LIFETIME,
        KeyPurposeId.id_kp_clientAuth);
  }

  private X509Certificate issue(
      PublicKey publicKey,
      String commonName,
      GeneralNames alternativeNames,
      Duration lifetime,
      KeyPurposeId... purposes) {
    X500Name subject =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.CN, commonName.substring(0, Math.min(64, commonName.length())))
            .build();
    X500Name issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    try {
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      JcaX509v3CertificateBuilder builder =
          builder(issuer, subject, publicKey, lifetime, random, clock.instant());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
      builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames);
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          extensions.createAuthorityKeyIdentifier(certificate));
      return sign(builder, key);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot issue a certificate for " + commonName, e);
    }
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer,
      X500Name subject,
      PublicKey publicKey,
      Duration lifetime,
      SecureRandom random,
      Instant now) {
    BigInteger serial = new BigInteger(126, random).add(BigInteger.ONE);
    return new JcaX509v3CertificateBuilder(
        issuer,
        serial,
        Date.from(now.minus(CLOCK_SKEW)),
        Date.from(now.plus(lifetime)),
        subject,
        publicKey);
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException {
    try {
      ContentSigner signer =
          new JcaContentSignerBuilder("SHA256withECDSA").setProvider(EcProvider.get()).build(key);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static GeneralName alternativeName(String name) {
    try {
      return new GeneralName(GeneralName.iPAddress, InetAddress.ofLiteral(name).getHostAddress());
    } catch (IllegalArgumentException notAnAddress) {
      return new GeneralName(GeneralName.dNSName, name);
    }
  }

  /** SHA-256 of a certificate's DER: the pin of tokens and of node certificates. */
  public static byte[] fingerprint(X509Certificate certificate) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new UncheckedIOException(new IOException("the certificate has no encoding", e));
    }
  }
}
