package io.culvert.server.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CertificateAuthorityTest {
  private static final Instant NOW = Instant.parse("2026-11-25T06:00:00Z");
  private static final int CRITICAL_PATH_LENGTH_ZERO = 0;

  private final SecureRandom random = new SecureRandom();
  private final CertificateAuthority authority =
      CertificateAuthority.create(random, InstantSource.fixed(NOW));
  private final KeyPair pair = CertificateAuthority.generateKeyPair(random);

  @Test
  void signsNothingButLeaves() {
    X509Certificate certificate = authority.certificate();

    assertThat(certificate.getBasicConstraints()).isEqualTo(CRITICAL_PATH_LENGTH_ZERO);
    assertThat(certificate.getCriticalExtensionOIDs()).contains("2.5.29.19", "2.5.29.15");
    assertThat(certificate.getKeyUsage()).startsWith(false, false, false, false, false, true, true);
  }

  @Test
  void writesTheNodeIntoItsCertificate() throws Exception {
    X509Certificate certificate = authority.issueNode(pair.getPublic(), NodeId.parse("acme/pub"));

    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactly(List.of(6, "culvert:node:acme/pub"));
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate.getNotBefore().toInstant()).isBefore(NOW);
    validate(certificate);
  }

  @Test
  void writesNamesAndAddressesIntoAServersCertificate() throws Exception {
    X509Certificate certificate =
        authority.issueServer(
            pair.getPublic(), "srv", List.of("vpn.example", "198.18.2.2", "fd00::1", "srv"));

    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(
            List.of(2, "vpn.example"),
            List.of(7, "198.18.2.2"),
            List.of(7, "fd00:0:0:0:0:0:0:1"),
            List.of(2, "srv"));
    assertThat(certificate.getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    validate(certificate);
  }

  @Test
  void givesEveryCertificateAnotherSerialNumber() {
    NodeId node = NodeId.parse("acme/pub");

    assertThat(authority.issueNode(pair.getPublic(), node).getSerialNumber())
        .isPositive()
        .isNotEqualTo(authority.issueNode(pair.getPublic(), node).getSerialNumber());
  }

  private void validate(X509Certificate certificate) throws Exception {
    PKIXParameters parameters =
        new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(NOW));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)),
            parameters);
  }
}
