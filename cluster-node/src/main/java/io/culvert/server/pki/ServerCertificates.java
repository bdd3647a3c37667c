package io.culvert.server.pki;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What makes a certificate a server's, and whether one from earlier still serves. */
public final class ServerCertificates {
  /** A certificate that ends sooner than this is made anew. */
  static final Duration RENEW_BEFORE_END = Duration.ofDays(30);

  private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

  private ServerCertificates() {}

  /** Whether the cluster's CA made it for a server (extended key usage, RFC 5280, 4.2.1.12). */
  public static boolean isForServer(X509Certificate certificate) {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      return purposes != null && purposes.contains(SERVER_AUTHENTICATION);
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  /**
   * Whether the certificate is the CA's, belongs to the key, says exactly these names, and lasts.
   */
  static boolean fits(
      X509Certificate certificate,
      PrivateKey key,
      X509Certificate authority,
      Collection<String> names,
      Instant now) {
    return isSignedBy(certificate, authority)
        && belongTogether(certificate, key)
        && namesOf(certificate).equals(normalized(names))
        && now.plus(RENEW_BEFORE_END).isBefore(certificate.getNotAfter().toInstant());
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate authority) {
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The process may have ended after it wrote a new key, and before the certificate. */
  private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
    byte[] sample = "culvert".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  static Set<String> namesOf(X509Certificate certificate) {
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      return alternatives == null
          ? Set.of()
          : normalized(alternatives.stream().map(entry -> String.valueOf(entry.get(1))).toList());
    } catch (CertificateParsingException e) {
      return Set.of();
    }
  }

  /** An IPv6 address has many spellings. */
  private static Set<String> normalized(Collection<String> names) {
    return names.stream().map(ServerCertificates::normalized).collect(Collectors.toSet());
  }

  private static String normalized(String name) {
    try {
      return InetAddress.ofLiteral(name).getHostAddress();
    } catch (IllegalArgumentException notAnAddress) {
      return name.toLowerCase(Locale.ROOT);
    }
  }
}
