package io.culvert.agent.link;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/**
 * TLS 1.3 of links: with BoringSSL, which gRPC brings, where this computer can load it, and
 * otherwise with the JDK (ADR 0017).
 */
public final class LinkTls {
  /** {@code -Dculvert.tls=jdk} leaves BoringSSL out. */
  private static final SslProvider PROVIDER =
      !"jdk".equals(System.getProperty("culvert.tls")) && OpenSsl.isAvailable()
          ? SslProvider.OPENSSL
          : SslProvider.JDK;

  private LinkTls() {}

  /**
   * For all links of a node: a later link to the same name may resume the session of an earlier
   * one, which spares both sides the signatures.
   *
   * @param authority the cluster's CA, which alone is trusted
   */
  public static SslContext ofNode(
      PrivateKey key, X509Certificate certificate, X509Certificate authority) {
    // A key store would encrypt the key with 10,000 rounds and decrypt it again.
    AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    keys.updateIdentityCredentials(new X509Certificate[] {certificate, authority}, key);
    return build(SslContextBuilder.forClient().keyManager(keys).trustManager(authority));
  }

  /** For a computer that is no node yet, and shows nothing. */
  public static SslContext ofStranger(X509TrustManager trusted) {
    return build(SslContextBuilder.forClient().trustManager(trusted));
  }

  private static SslContext build(SslContextBuilder builder) {
    try {
      return GrpcSslContexts.configure(builder, PROVIDER).protocols("TLSv1.3").build();
    } catch (IOException e) {
      throw new IllegalStateException("cannot use the node's certificate", e);
    }
  }
}
