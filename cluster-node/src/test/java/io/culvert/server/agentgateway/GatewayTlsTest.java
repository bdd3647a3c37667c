package io.culvert.server.agentgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.model.identity.NodeId;
import io.culvert.server.pki.ClusterKeys;
import io.culvert.server.pki.ServerTls;
import io.culvert.server.session.Connection;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.buffer.UnpooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real handshakes between engines, without sockets. */
class GatewayTlsTest {
  private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
  private static final String NAME = "vpn.example";
  private static final NodeId NODE = NodeId.parse("acme/laptop");

  @TempDir private Path directory;
  private ClusterKeys one;
  private ClusterKeys two;
  private X509Certificate certificate;
  private KeyPair pair;

  @BeforeEach
  void makeKeys() throws GeneralSecurityException, IOException {
    one = server("one");
    Path keys = directory.resolve("two");
    Files.createDirectories(keys);
    for (String file : List.of("ca.pem", "ca-key.pem", "master.key")) {
      Files.copy(directory.resolve("one").resolve(file), keys.resolve(file));
    }
    two = server("two");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    pair = generator.generateKeyPair();
    certificate = one.authority().issueNode(pair.getPublic(), NODE);
  }

  private ClusterKeys server(String name) {
    return ClusterKeys.open(
        directory.resolve(name), name, List.of(NAME), new SecureRandom(), InstantSource.system());
  }

  private static GatewayTls gateway(ClusterKeys keys, Instant now) {
    return gateway(keys, SslProvider.OPENSSL, now);
  }

  private static GatewayTls gateway(ClusterKeys keys, SslProvider provider, Instant now) {
    return GatewayTls.of(new ServerTls(keys.identity()), keys.masterKey(), provider, now);
  }

  private SslContext agent(SslProvider provider) throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), provider)
        .keyManager(pair.getPrivate(), certificate, one.authority().certificate())
        .trustManager(one.authority().certificate())
        .protocols("TLSv1.3")
        .build();
  }

  @Test
  void boringSslIsThereOnTheComputersThatTestIt() {
    assertThat(OpenSsl.isAvailable()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void knowsTheAgentByItsCertificateWithBothImplementations(SslProvider provider) throws Exception {
    for (SslProvider agents : List.of(SslProvider.JDK, SslProvider.OPENSSL)) {
      SSLEngine accepted = handshake(agent(agents), gateway(one, provider, NOON));
      assertThat(accepted.getSession().getPeerCertificates()[0]).isEqualTo(certificate);
      assertThat(accepted.getSession().getProtocol()).isEqualTo("TLSv1.3");
    }
  }

  @Test
  void anAgentResumesItsSessionAtAnyServerAndIsStillKnown() throws Exception {
    SslContext agent = agent(SslProvider.OPENSSL);
    GatewayTls first = gateway(one, NOON);
    var _ = handshake(agent, first);
    assertThat(first.resumed()).isZero();

    GatewayTls second = gateway(two, NOON.plus(Duration.ofMinutes(59)));
    SSLEngine accepted = handshake(agent, second);

    assertThat(second.resumed()).isEqualTo(1);
    assertThat(accepted.getSession().getPeerCertificates()[0]).isEqualTo(certificate);
  }

  @Test
  void whoResumesASessionIsNobodyOnceHisCertificateIsOver() throws Exception {
    SslContext agent = agent(SslProvider.OPENSSL);
    var _ = handshake(agent, gateway(one, NOON));
    GatewayTls gateway = gateway(two, NOON);
    Attributes transport =
        Attributes.newBuilder()
            .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, handshake(agent, gateway).getSession())
            .build();
    assertThat(gateway.resumed()).isEqualTo(1);
    Instant end = certificate.getNotAfter().toInstant();

    assertThat(connection(transport, end.minusSeconds(1)).certificate()).isEqualTo(certificate);
    assertThat(connection(transport, end).certificate()).isNull();
  }

  private static Connection connection(Attributes transport, Instant now) {
    return new ConnectionInterceptor(() -> now).connection(transport);
  }

  @Test
  void aTicketIsOpenedInItsHourAndTheNextAndNoLonger() throws Exception {
    SslContext agent = agent(SslProvider.OPENSSL);
    var _ = handshake(agent, gateway(one, NOON));
    GatewayTls later = gateway(one, NOON);
    later.renewKeys(NOON.plus(Duration.ofHours(1)));
    var _ = handshake(agent, later);
    assertThat(later.resumed()).isEqualTo(1);

    later.renewKeys(NOON.plus(Duration.ofHours(3)));
    SSLEngine accepted = handshake(agent, later);

    assertThat(later.resumed()).isEqualTo(1);
    assertThat(accepted.getSession().getPeerCertificates()[0]).isEqualTo(certificate);
  }

  @Test
  void aNodeOfAnotherClusterIsRefused() throws Exception {
    ClusterKeys other = server("other");
    AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    keys.updateIdentityCredentials(
        new X509Certificate[] {certificate, one.authority().certificate()}, pair.getPrivate());
    SslContext agent =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
            .keyManager(keys)
            .trustManager(one.authority().certificate(), other.authority().certificate())
            .protocols("TLSv1.3")
            .build();
    var _ = handshake(agent, gateway(one, NOON));
    GatewayTls gateway = gateway(other, NOON);

    assertThatExceptionOfType(SSLException.class).isThrownBy(() -> handshake(agent, gateway));
    assertThat(gateway.resumed()).isZero();
  }

  @Test
  void aStrangerMayComeWithoutACertificate() throws Exception {
    SslContext stranger =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
            .trustManager(one.authority().certificate())
            .protocols("TLSv1.3")
            .build();
    SSLEngine accepted = handshake(stranger, gateway(one, NOON));
    assertThatExceptionOfType(SSLPeerUnverifiedException.class)
        .isThrownBy(() -> accepted.getSession().getPeerCertificates());
  }

  /** The server's engine after the handshake, when the agent has its tickets too. */
  private static SSLEngine handshake(SslContext agent, GatewayTls gateway) throws SSLException {
    SSLEngine connecting = agent.newEngine(UnpooledByteBufAllocator.DEFAULT, NAME, 443);
    SSLEngine accepting = gateway.context().newEngine(UnpooledByteBufAllocator.DEFAULT);
    ByteBuffer toServer = ByteBuffer.allocate(64 * 1024);
    ByteBuffer toAgent = ByteBuffer.allocate(64 * 1024);
    connecting.beginHandshake();
    accepting.beginHandshake();
    for (int turn = 0; turn < 20; turn++) {
      send(connecting, toServer);
      receive(accepting, toServer);
      send(accepting, toAgent);
      receive(connecting, toAgent);
    }
    // BoringSSL sends the tickets with the first data.
    var _ = accepting.wrap(ByteBuffer.wrap(new byte[] {1}), toAgent);
    receive(connecting, toAgent);
    assertThat(connecting.getHandshakeStatus())
        .isEqualTo(SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING);
    assertThat(accepting.getHandshakeStatus())
        .isEqualTo(SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING);
    return accepting;
  }

  private static void send(SSLEngine engine, ByteBuffer out) throws SSLException {
    int before;
    do {
      before = out.position();
      var _ = engine.wrap(ByteBuffer.allocate(0), out);
      runTasks(engine);
    } while (out.position() > before);
  }

  private static void receive(SSLEngine engine, ByteBuffer in) throws SSLException {
    in.flip();
    ByteBuffer plain = ByteBuffer.allocate(64 * 1024);
    int before;
    do {
      before = in.position();
      var _ = engine.unwrap(in, plain);
      runTasks(engine);
    } while (in.position() > before);
    in.compact();
  }

  private static void runTasks(SSLEngine engine) {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }
}
