package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.model.identity.NodeId;
import io.culvert.server.pki.CertificateAuthority;
import io.culvert.server.pki.ClusterKeys;
import io.culvert.server.pki.ServerIdentity;
import io.culvert.server.pki.ServerTls;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handshakes between two engines, over arrays. */
class ClusterTlsTest {
  private static final String HOST = "10.0.0.1";
  private final SecureRandom random = new SecureRandom();
  @TempDir private Path directory;

  private ClusterKeys keys(String of, Instant now, String... names) {
    return ClusterKeys.open(
        directory.resolve(of), "srv", List.of(names), random, InstantSource.fixed(now));
  }

  private static ClusterTls tls(ClusterKeys keys) {
    return new ClusterTls(new ServerTls(keys.identity()));
  }

  @Test
  void twoServersOfOneClusterTrustEachOther() throws Exception {
    ClusterKeys keys = keys("a", Instant.now(), HOST);

    assertThat(handshake(tls(keys), tls(keys))).isEqualTo("srv");
  }

  @Test
  void aServerOfAnotherClusterIsRefused() {
    ClusterTls ours = tls(keys("a", Instant.now(), HOST));
    ClusterTls theirs = tls(keys("b", Instant.now(), HOST));

    assertThatThrownBy(() -> handshake(ours, theirs)).isInstanceOf(SSLException.class);
  }

  @Test
  void aServerUnderAnotherNameIsRefused() {
    ClusterTls ours = tls(keys("a", Instant.now(), HOST));
    ClusterTls theirs = tls(keys("a", Instant.now(), "10.0.0.2"));

    assertThatThrownBy(() -> handshake(ours, theirs)).isInstanceOf(SSLException.class);
  }

  @Test
  void aNodesCertificateOpensNoDoorBetweenServers() throws Exception {
    ClusterKeys keys = keys("a", Instant.now(), HOST);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    CertificateAuthority authority = keys.authority();
    X509Certificate node = authority.issueNode(pair.getPublic(), NodeId.parse("acme/laptop"));
    ClusterTls asNode =
        new ClusterTls(
            new ServerTls(
                new ServerIdentity(
                    "laptop", pair.getPrivate(), List.of(node), authority.certificate())));
    ClusterTls server = tls(keys);

    SSLEngine accepting = handshaken(asNode, server);

    assertThat(server.verifyClientSession(HOST, accepting.getSession()).isDefined()).isTrue();
  }

  @Test
  void aRenewedCertificateIsShownToWhoConnectsNext() throws Exception {
    Instant now = Instant.now();
    ClusterKeys old = keys("a", now.minus(Duration.ofDays(300)), HOST);
    ServerTls shown = new ServerTls(old.identity());
    ClusterTls server = new ClusterTls(shown);
    CertificateRenewal renewal =
        new CertificateRenewal(
            shown,
            () ->
                old.renewed(
                    directory.resolve("a"),
                    List.of(HOST),
                    random,
                    InstantSource.fixed(now.plus(Duration.ofDays(60)))));

    renewal.check();

    assertThat(shown.identity().chain()).isNotEqualTo(old.identity().chain());
    assertThat(handshake(tls(keys("a", now, HOST)), server)).isEqualTo("srv");
    assertThat(handshaken(tls(keys("a", now, HOST)), server).getSession().getLocalCertificates()[0])
        .isEqualTo(shown.identity().chain().getFirst());
    renewal.close();
  }

  @Test
  void aDamagedFileChangesNothing() throws Exception {
    ClusterKeys keys = keys("a", Instant.now(), HOST);
    ServerTls shown = new ServerTls(keys.identity());
    Files.writeString(directory.resolve("a/server.pem"), "damaged");
    try (var renewal =
        new CertificateRenewal(
            shown,
            () ->
                keys.renewed(
                    directory.resolve("a"), List.of(HOST), random, InstantSource.system()))) {
      renewal.check();
    }

    assertThat(shown.identity()).isEqualTo(keys.identity());
  }

  /** Shakes hands and asks both sides whether they are content; the name that the client saw. */
  private static String handshake(ClusterTls client, ClusterTls server) throws SSLException {
    SSLEngine accepting = handshaken(client, server);
    assertThat(server.verifyClientSession(HOST, accepting.getSession()).isEmpty()).isTrue();
    X509Certificate shown = (X509Certificate) accepting.getSession().getLocalCertificates()[0];
    return shown.getSubjectX500Principal().getName().substring("CN=".length());
  }

  private static SSLEngine handshaken(ClusterTls client, ClusterTls server) throws SSLException {
    SSLEngine connecting = client.createClientSSLEngine(HOST, 7355);
    SSLEngine accepting = server.createServerSSLEngine(HOST, 7355);
    ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    connecting.beginHandshake();
    accepting.beginHandshake();
    while (isShaking(connecting) || isShaking(accepting)) {
      step(connecting, toServer, toClient);
      step(accepting, toClient, toServer);
    }
    return accepting;
  }

  private static boolean isShaking(SSLEngine engine) {
    return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
    ByteBuffer plain = ByteBuffer.allocate(1 << 16);
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_WRAP -> {
        var _ = engine.wrap(ByteBuffer.allocate(0), out);
      }
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING -> {
        in.flip();
        var _ = engine.unwrap(in, plain);
        in.compact();
      }
      case FINISHED -> {}
    }
  }
}
