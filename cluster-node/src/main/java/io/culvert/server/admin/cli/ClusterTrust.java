package io.culvert.server.admin.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Trust in one CA and no other: neither the system's authorities nor the first certificate that
 * comes along.
 */
final class ClusterTrust {
  private static final int CONNECT_MILLIS = 5_000;

  private ClusterTrust() {}

  /** The CA certificate in a PEM file, as PEM. */
  static String readFile(Path file) {
    try {
      return pem(parse(Files.readString(file, StandardCharsets.US_ASCII)));
    } catch (IOException | CertificateException e) {
      throw CommandFailure.local(
          "%s holds no certificate that can be read (PEM): %s".formatted(file, e.getMessage()));
    }
  }

  /**
   * Fetches the CA certificate that a server presents in its chain, if it is the one that was
   * pinned. Nothing is sent to the server: the handshake is broken off.
   *
   * @param fingerprint SHA-256 of the certificate's DER, hexadecimal, colons allowed
   */
  static String fetch(URI server, String fingerprint) {
    byte[] pin;
    try {
      pin = HexFormat.of().parseHex(fingerprint.replace(":", "").toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.local("--ca-fingerprint is 64 hexadecimal digits (SHA-256)");
    }
    for (X509Certificate presented : chainOf(server)) {
      if (MessageDigest.isEqual(pin, sha256(presented))) {
        return pem(presented);
      }
    }
    throw CommandFailure.notReachable(
        "%s does not present the CA certificate with this fingerprint: is it another cluster, or is somebody in the middle?"
            .formatted(server));
  }

  /** A context that trusts one CA. */
  static SSLContext context(String authorityPem) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ca", parse(authorityPem));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      return context(trust.getTrustManagers());
    } catch (GeneralSecurityException | IOException e) {
      throw CommandFailure.local("the kept CA certificate is damaged: log in again");
    }
  }

  private static SSLContext context(TrustManager... managers) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, managers, null);
    return context;
  }

  private static X509Certificate[] chainOf(URI server) {
    Recorder recorder = new Recorder();
    int port = server.getPort() < 0 ? 443 : server.getPort();
    try (SSLSocket socket =
        (SSLSocket) context(recorder).getSocketFactory().createSocket(server.getHost(), port)) {
      socket.setSoTimeout(CONNECT_MILLIS);
      socket.startHandshake();
      throw new IllegalStateException("a handshake cannot succeed here");
    } catch (IOException e) {
      if (recorder.chain.length == 0) {
        throw CommandFailure.notReachable("cannot reach %s: %s".formatted(server, e.getMessage()));
      }
      return recorder.chain;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS 1.3", e);
    }
  }

  /** Notes what is presented, and trusts nothing. */
  private static final class Recorder implements X509TrustManager {
    private X509Certificate[] chain = new X509Certificate[0];

    @Override
    public void checkServerTrusted(X509Certificate[] presented, String authType)
        throws CertificateException {
      chain = presented.clone();
      throw new CertificateException("only looked at");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] presented, String authType)
        throws CertificateException {
      throw new CertificateException("no clients here: " + Arrays.toString(presented));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static X509Certificate parse(String pem) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String pem(X509Certificate certificate) {
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der(certificate)));
  }

  private static byte[] sha256(X509Certificate certificate) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(der(certificate));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has no encoding", e);
    }
  }
}
