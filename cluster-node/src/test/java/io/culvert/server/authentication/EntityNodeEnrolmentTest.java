package io.culvert.server.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import io.culvert.protocol.v1.PasswordCredential;
import io.culvert.protocol.v1.Refusal;
import io.culvert.server.admission.GuessLimiter;
import io.culvert.server.admission.Origin;
import io.culvert.server.authentication.NodeAuthenticator.Decision;
import io.culvert.server.pki.ClusterKeys;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EntityNodeEnrolmentTest {
  private static final Origin HERE = new Origin("127.0.0.1");

  private static final Duration LIFETIME = Duration.ofHours(1);
  private static final String PASSWORD = "correct horse battery";

  private final SecureRandom random = new SecureRandom();
  private final EntityHouse house = EntityHouse.open();
  private final Argon2PasswordHasher hasher = new Argon2PasswordHasher(random);
  private final EntityNodeAuthenticator authenticator =
      new EntityNodeAuthenticator(house.shards(), hasher, new GuessLimiter(System::nanoTime));
  private ClusterKeys keys;
  private EntityNodeEnrolment enrolment;

  @BeforeAll
  void open(@TempDir Path directory) {
    keys =
        ClusterKeys.open(directory.resolve("keys"), "srv", List.of("srv"), random, house.clock());
    enrolment =
        new EntityNodeEnrolment(
            house.shards(), authenticator, keys.authority(), List.of("vpn.example:443"));
  }

  @AfterAll
  void close() {
    hasher.close();
    house.close();
  }

  @Test
  void turnsATokenIntoACertificateThatLogsOn() throws Exception {
    NodeId node = house.createNode();
    KeyPair pair = Requests.ec("secp256r1");

    EnrollReply reply = enrol(byToken(node, token(node), Requests.signed(pair, "SHA256withECDSA")));

    X509Certificate certificate = certificate(reply);
    certificate.verify(keys.authority().certificate().getPublicKey());
    assertThat(certificate.getPublicKey()).isEqualTo(pair.getPublic());
    assertThat(reply.getEnrolled().getServersList()).containsExactly("vpn.example:443");
    assertThat(reply.getEnrolled().getCaCertificate().toByteArray())
        .isEqualTo(keys.authority().certificate().getEncoded());
    assertThat(join(authenticator.logon(node, null, certificate, HERE)))
        .isEqualTo(new Decision.Accepted(node));
  }

  @Test
  void spendsATokenOnce() throws Exception {
    NodeId node = house.createNode();
    byte[] token = token(node);

    assertThat(enrol(byToken(node, token, Requests.good())).hasEnrolled()).isTrue();
    assertThat(refusal(byToken(node, token, Requests.good()))).isEqualTo(Refusals.BAD_TOKEN);
  }

  /** The same refusal, whatever was wrong with the token, and whether the node exists. */
  @Test
  void tellsNotWhatWasWrongWithAToken() throws Exception {
    NodeId node = house.createNode();
    NodeId other = house.createNode();
    NodeId without = house.createNode();
    byte[] othersToken = token(other);
    byte[] replaced = token(node);
    token(node);

    assertThat(
            List.of(
                refusal(byToken(node, othersToken, Requests.good())),
                refusal(byToken(node, replaced, Requests.good())),
                refusal(byToken(node, new byte[0], Requests.good())),
                refusal(byToken(without, new byte[32], Requests.good())),
                refusal(byToken(house.unknownNode(), othersToken, Requests.good()))))
        .containsOnly(Refusals.BAD_TOKEN);
  }

  @Test
  void refusesAnExpiredToken() throws Exception {
    NodeId node = house.createNode();
    byte[] token = token(node);

    house.pass(LIFETIME);

    assertThat(refusal(byToken(node, token, Requests.good()))).isEqualTo(Refusals.BAD_TOKEN);
  }

  @Test
  void keepsATokenThatCameWithABadRequest() throws Exception {
    NodeId node = house.createNode();
    byte[] token = token(node);

    assertThat(refusal(byToken(node, token, new byte[] {1, 2, 3})).getCode())
        .isEqualTo(Refusal.Code.BAD_REQUEST);
    assertThat(enrol(byToken(node, token, Requests.good())).hasEnrolled()).isTrue();
  }

  @Test
  void turnsAPasswordIntoACertificate() throws Exception {
    NodeId node = house.createNode();
    setPassword(node);

    X509Certificate certificate = certificate(enrol(byPassword(node, "ann", PASSWORD)));

    assertThat(join(authenticator.logon(node, null, certificate, HERE)))
        .isEqualTo(new Decision.Accepted(node));
  }

  @Test
  void tellsNotWhatWasWrongWithAPassword() throws Exception {
    NodeId node = house.createNode();
    setPassword(node);

    assertThat(
            List.of(
                refusal(byPassword(node, "ann", "wrong")),
                refusal(byPassword(node, "anna", PASSWORD)),
                refusal(byPassword(house.createNode(), "ann", PASSWORD)),
                refusal(byPassword(house.unknownNode(), "ann", PASSWORD))))
        .containsOnly(Refusals.BAD_CREDENTIALS);
  }

  @Test
  void tellsOfTheSuspensionOnlyToWhomHasTheProof() throws Exception {
    NodeId node = house.createNode();
    setPassword(node);
    byte[] token = token(node);
    house.require(node, replyTo -> new NodeProtocol.SuspendNode(EntityHouse.requestId(), replyTo));

    assertThat(refusal(byToken(node, token, Requests.good()))).isEqualTo(Refusals.SUSPENDED);
    assertThat(refusal(byToken(node, new byte[32], Requests.good()))).isEqualTo(Refusals.BAD_TOKEN);
    assertThat(refusal(byPassword(node, "ann", PASSWORD))).isEqualTo(Refusals.SUSPENDED);
    assertThat(refusal(byPassword(node, "ann", "wrong"))).isEqualTo(Refusals.BAD_CREDENTIALS);
  }

  @Test
  void refusesWhatIsNoRequest() throws Exception {
    for (String name :
        List.of("", "acme", "acme/", "/pub", "acme/pub/x", "ACME/pub", "a\u0000/b")) {
      EnrollRequest request =
          byToken(house.createNode(), new byte[32], Requests.good()).toBuilder()
              .setNodeId(name)
              .build();
      assertThat(refusal(request).getCode()).as("%s", name).isEqualTo(Refusal.Code.BAD_REQUEST);
    }
    EnrollRequest noProof =
        byToken(house.createNode(), new byte[32], Requests.good()).toBuilder().clearProof().build();
    assertThat(refusal(noProof).getCode()).isEqualTo(Refusal.Code.BAD_REQUEST);
    assertThat(refusal(EnrollRequest.getDefaultInstance()).getCode())
        .isEqualTo(Refusal.Code.BAD_REQUEST);
  }

  private void setPassword(NodeId node) {
    String verifier = join(hasher.hash(PASSWORD.toCharArray()));
    house.require(
        node,
        replyTo -> new NodeProtocol.SetPassword(EntityHouse.requestId(), "ann", verifier, replyTo));
  }

  private byte[] token(NodeId node) throws Exception {
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(secret));
    house.require(
        node,
        replyTo ->
            new NodeProtocol.IssueToken(
                EntityHouse.requestId(), digest, house.now().plus(LIFETIME), replyTo));
    return secret;
  }

  private static EnrollRequest byToken(NodeId node, byte[] secret, byte[] request) {
    return EnrollRequest.newBuilder()
        .setNodeId(node.toString())
        .setTokenSecret(ByteString.copyFrom(secret))
        .setCertificateRequest(ByteString.copyFrom(request))
        .build();
  }

  private static EnrollRequest byPassword(NodeId node, String user, String password)
      throws Exception {
    return EnrollRequest.newBuilder()
        .setNodeId(node.toString())
        .setPassword(
            PasswordCredential.newBuilder()
                .setUserName(user)
                .setPasswordBytes(ByteString.copyFrom(password, StandardCharsets.UTF_8)))
        .setCertificateRequest(ByteString.copyFrom(Requests.good()))
        .build();
  }

  private Refusal refusal(EnrollRequest request) {
    EnrollReply reply = enrol(request);
    assertThat(reply.hasEnrolled()).isFalse();
    return reply.getRefused();
  }

  private EnrollReply enrol(EnrollRequest request) {
    return join(enrolment.enrol(request, HERE));
  }

  private static X509Certificate certificate(EnrollReply reply) throws Exception {
    assertThat(reply.getRefused()).isEqualTo(Refusal.getDefaultInstance());
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(reply.getEnrolled().getNodeCertificate().toByteArray()));
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
