package io.culvert.server.agentgateway;

import io.culvert.server.session.Connection;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Puts what TLS and TCP know of the agent where the services find it. Thread-safe. */
final class ConnectionInterceptor implements ServerInterceptor {
  static final Context.Key<Connection> CONNECTION = Context.key("culvert-connection");

  private final InstantSource clock;

  /** Tells the time by {@code clock}. */
  ConnectionInterceptor(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return Contexts.interceptCall(
        Context.current().withValue(CONNECTION, connection(call.getAttributes())),
        call,
        headers,
        next);
  }

  /** What the attributes of a transport say of the agent now. */
  Connection connection(Attributes transport) {
    InetSocketAddress remote =
        transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress ip
            ? ip
            : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new Connection(
        remote.getAddress().getAddress(),
        remote.getPort(),
        certificate(transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
  }

  /** A resumed session may be older than the end of the certificate that it began with. */
  private @Nullable X509Certificate certificate(@Nullable SSLSession session) {
    if (session == null) {
      return null;
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0
              && chain[0] instanceof X509Certificate leaf
              && clock.instant().isBefore(leaf.getNotAfter().toInstant())
          ? leaf
          : null;
    } catch (SSLPeerUnverifiedException noCertificate) {
      return null;
    }
  }
}
