package io.culvert.server.bootstrap;

import io.culvert.server.pki.ServerTls;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Shakes hands with a server before joining it, to say clearly why the two do not fit. */
final class SeedProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private SeedProbe() {}

  /** What a look has shown. */
  sealed interface Result {}

  /** Nothing speaks against joining it. */
  record Fits(Founding.Seen seen) implements Result {}

  /** It cannot be joined, for a reason that is a sentence. */
  record Misfit(String problem) implements Result {}

  /**
   * Looks at a server. Blocks for a few seconds at most.
   *
   * @param seed {@code host:port}
   */
  static Result look(ServerTls tls, String seed) {
    int colon = seed.lastIndexOf(':');
    String host = seed.substring(0, colon);
    int port = Integer.parseInt(seed.substring(colon + 1));
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), (int) PATIENCE.toMillis());
      plain.setSoTimeout((int) PATIENCE.toMillis());
      try (SSLSocket socket =
          (SSLSocket) tls.context().getSocketFactory().createSocket(plain, host, port, true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new Fits(Founding.Seen.PRESENT);
      }
    } catch (SSLHandshakeException e) {
      // Who hangs up without a word has refused nothing: it may just have ended.
      return caused(e, EOFException.class)
          ? new Fits(Founding.Seen.SILENT)
          : new Misfit(refusal(seed, e));
    } catch (ConnectException refused) {
      return new Fits(Founding.Seen.ABSENT);
    } catch (IOException nothingComesBack) {
      return new Fits(Founding.Seen.SILENT);
    }
  }

  private static String refusal(String seed, SSLHandshakeException failure) {
    if (caused(failure, CertPathValidatorException.class)
        || String.valueOf(failure.getMessage()).contains("PKIX")) {
      return "the server at %s belongs to another cluster: its certificate is not of this server's CA. Copy keys/ca.pem, keys/ca-key.pem and keys/master.key from it"
          .formatted(seed);
    }
    if (caused(failure, CertificateException.class)) {
      return "the certificate of the server at %s is for other names (%s): join it by an address that its cluster.host has"
          .formatted(seed, failure.getMessage());
    }
    return "the server at %s refuses this one's certificate (%s)"
        .formatted(seed, failure.getMessage());
  }

  private static boolean caused(Throwable failure, Class<? extends Throwable> by) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (by.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
