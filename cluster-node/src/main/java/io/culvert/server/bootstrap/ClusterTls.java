package io.culvert.server.bootstrap;

import io.culvert.server.pki.ServerCertificates;
import io.culvert.server.pki.ServerTls;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import scala.Option;

/**
 * TLS between servers: both sides show a certificate of the cluster's CA, made for a server. The CA
 * signs nodes' certificates too, and a node must not speak to the actors. Thread-safe.
 */
final class ClusterTls implements SSLEngineProvider {
  private static final String[] PROTOCOLS = {"TLSv1.3"};

  private final SSLContext context;

  ClusterTls(ServerTls tls) {
    this.context = tls.context();
  }

  @Override
  public SSLEngine createServerSSLEngine(String hostname, int port) {
    return engine(hostname, port, false, parameters -> parameters.setNeedClientAuth(true));
  }

  @Override
  public SSLEngine createClientSSLEngine(String hostname, int port) {
    return engine(
        hostname, port, true, parameters -> parameters.setEndpointIdentificationAlgorithm("HTTPS"));
  }

  private SSLEngine engine(
      String hostname, int port, boolean client, Consumer<SSLParameters> requirement) {
    SSLEngine engine = context.createSSLEngine(hostname, port);
    engine.setUseClientMode(client);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    requirement.accept(parameters);
    engine.setSSLParameters(parameters);
    return engine;
  }

  @Override
  public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
    return requireServer(session);
  }

  @Override
  public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
    return requireServer(session);
  }

  private static Option<Throwable> requireServer(SSLSession session) {
    try {
      if (session.getPeerCertificates()[0] instanceof X509Certificate certificate
          && ServerCertificates.isForServer(certificate)) {
        return Option.empty();
      }
      return Option.apply(
          new GeneralSecurityException(
              "the certificate of %s is no server's".formatted(session.getPeerHost())));
    } catch (SSLPeerUnverifiedException e) {
      return Option.apply(e);
    }
  }
}
