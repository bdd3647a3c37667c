package io.culvert.server.agentgateway;

import io.culvert.server.pki.MasterKey;
import io.culvert.server.pki.ServerTls;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslSessionContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * TLS 1.3 of the agents' door: with BoringSSL, which gRPC brings, where this computer can load it,
 * and otherwise with the JDK (ADR 0017).
 *
 * <p>With BoringSSL all servers seal session tickets under the same keys, which follow from the
 * cluster's master key and the hour: an agent that comes back resumes its session at any server,
 * also when all of them were restarted. A ticket is opened in its hour and the next.
 *
 * <pre>
 *   HKDF-SHA256(master key, salt = "culvert tls tickets v1", info = hours since 1970, 8 bytes, big-endian), 48 bytes:
 *     name (16) | HMAC key (16) | AES key (16)
 * </pre>
 */
final class GatewayTls {
  private static final byte[] SALT = "culvert tls tickets v1".getBytes(StandardCharsets.US_ASCII);
  private static final int PART = 16;
  private static final Duration SESSION_LIFETIME = Duration.ofHours(1);
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

  private final MasterKey masterKey;
  private final SslContext context;
  private long hour = -1;

  private GatewayTls(MasterKey masterKey, SslContext context) {
    this.masterKey = masterKey;
    this.context = context;
  }

  /**
   * For a server.
   *
   * @param now decides on the first keys of tickets
   */
  static GatewayTls of(ServerTls tls, MasterKey masterKey, Instant now) {
    SslProvider provider =
        !"jdk".equals(System.getProperty("culvert.tls")) && OpenSsl.isAvailable()
            ? SslProvider.OPENSSL
            : SslProvider.JDK;
    return of(tls, masterKey, provider, now);
  }

  static GatewayTls of(ServerTls tls, MasterKey masterKey, SslProvider provider, Instant now) {
    GatewayTls made = new GatewayTls(masterKey, context(tls, provider));
    made.renewKeys(now);
    return made;
  }

  private static SslContext context(ServerTls tls, SslProvider provider) {
    try {
      return GrpcSslContexts.configure(SslContextBuilder.forServer(tls.keyManager()), provider)
          .trustManager(tls.trust())
          .clientAuth(ClientAuth.OPTIONAL)
          .protocols("TLSv1.3")
          .sessionTimeout(SESSION_LIFETIME.toSeconds())
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the server's certificate", e);
    }
  }

  SslContext context() {
    return context;
  }

  /** Takes the keys of this hour and of the last; call it every few minutes. */
  synchronized void renewKeys(Instant now) {
    long present = now.toEpochMilli() / HOUR_MILLIS;
    if (present != hour && context.sessionContext() instanceof OpenSslSessionContext sessions) {
      TicketKey sealing = ticketKey(present);
      TicketKey opening = ticketKey(present - 1);
      try {
        sessions.setTicketKeys(sealing.forTls(), opening.forTls());
      } finally {
        sealing.zero();
        opening.zero();
      }
    }
    hour = present;
  }

  /** How many handshakes were shortened by a ticket since the start. */
  long resumed() {
    return context.sessionContext() instanceof OpenSslSessionContext sessions
        ? sessions.stats().ticketKeyResume() + sessions.stats().ticketKeyRenew()
        : 0;
  }

  private TicketKey ticketKey(long ofHour) {
    byte[] info = ByteBuffer.allocate(Long.BYTES).putLong(ofHour).array();
    byte[] bytes = masterKey.derive(SALT, info, 3 * PART);
    try {
      return new TicketKey(
          Arrays.copyOf(bytes, PART),
          Arrays.copyOfRange(bytes, PART, 2 * PART),
          Arrays.copyOfRange(bytes, 2 * PART, 3 * PART));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** BoringSSL keeps its own copy; the one that Netty makes on the way goes with a collection. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record TicketKey(byte[] name, byte[] hmacKey, byte[] aesKey) {
    OpenSslSessionTicketKey forTls() {
      return new OpenSslSessionTicketKey(name, hmacKey, aesKey);
    }

    void zero() {
      Arrays.fill(hmacKey, (byte) 0);
      Arrays.fill(aesKey, (byte) 0);
    }
  }
}
