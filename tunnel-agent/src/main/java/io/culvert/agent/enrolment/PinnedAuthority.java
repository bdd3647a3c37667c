package io.culvert.agent.enrolment;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts a server whose chain ends in the CA with a known fingerprint, and nobody else: the
 * server's certificate is then checked against that CA as usual, with its name.
 */
final class PinnedAuthority extends X509ExtendedTrustManager {
  private final byte[] fingerprint;

  /**
   * Pins a CA.
   *
   * @param fingerprint SHA-256 of the DER of the CA's certificate
   */
  PinnedAuthority(byte[] fingerprint) {
    this.fingerprint = fingerprint.clone();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    delegate(chain).checkServerTrusted(chain, authType, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    delegate(chain).checkServerTrusted(chain, authType, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("the server's name is not known here");
  }

  /** PKIX with the pinned CA as the only anchor. */
  private X509ExtendedTrustManager delegate(X509Certificate[] chain) throws CertificateException {
    try {
      for (X509Certificate certificate : chain) {
        byte[] actual = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        if (MessageDigest.isEqual(actual, fingerprint)) {
          return trusting(certificate);
        }
      }
    } catch (GeneralSecurityException | IOException e) {
      throw new CertificateException(e);
    }
    throw new CertificateException(
        "the server does not belong to the cluster whose CA the token, or --ca, names");
  }

  private static X509ExtendedTrustManager trusting(X509Certificate authority)
      throws GeneralSecurityException, IOException {
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("ca", authority);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(anchors);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager x509) {
        return x509;
      }
    }
    throw new IllegalStateException("the JDK has no X.509 trust manager");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("an agent has no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("an agent has no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("an agent has no clients");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
