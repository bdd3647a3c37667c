package io.culvert.server.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.protocol.v1.PasswordCredential;
import io.culvert.protocol.v1.Refusal;
import io.culvert.server.admission.GuessLimiter;
import io.culvert.server.admission.Origin;
import io.culvert.server.authentication.NodeAuthenticator.Decision;
import io.culvert.server.pki.CertificateAuthority;
import io.culvert.server.pki.ClusterKeys;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EntityNodeAuthenticatorTest {
  private static final Origin HERE = new Origin("127.0.0.1");

  private static final String PASSWORD = "correct horse battery";

  private final SecureRandom random = new SecureRandom();
  private final EntityHouse house = EntityHouse.open();
  private final Argon2PasswordHasher argon2 = new Argon2PasswordHasher(random);
  private final CountingHasher hasher = new CountingHasher(argon2);
  private final EntityNodeAuthenticator authenticator =
      new EntityNodeAuthenticator(house.shards(), hasher, new GuessLimiter(System::nanoTime));
  private final String verifier = join(argon2.hash(PASSWORD.toCharArray()));
  private CertificateAuthority authority;

  @BeforeAll
  void open(@TempDir Path directory) {
    authority =
        ClusterKeys.open(directory.resolve("keys"), "srv", List.of("srv"), random, house.clock())
            .authority();
  }

  @AfterAll
  void close() {
    argon2.close();
    house.close();
  }

  @Test
  void acceptsTheRightPassword() {
    NodeId node = nodeWithPassword("ann");

    assertThat(logon(node, "ann", PASSWORD)).isEqualTo(new Decision.Accepted(node));
  }

  /** One refusal, and one run of Argon2id, whatever was wrong. */
  @Test
  void tellsNotWhatWasWrong() {
    NodeId node = nodeWithPassword("bob");
    NodeId without = house.createNode();
    int before = hasher.runs.get();

    List<Decision> refused =
        List.of(
            logon(node, "bob", "wrong"),
            logon(node, "bobby", PASSWORD),
            logon(node, "", ""),
            logon(without, "bob", PASSWORD),
            logon(house.unknownNode(), "bob", PASSWORD));

    assertThat(refused).containsOnly(new Decision.Refused(Refusals.BAD_CREDENTIALS));
    assertThat(hasher.runs.get() - before).isEqualTo(refused.size());
  }

  @Test
  void tellsOfTheSuspensionOnlyToWhomHasTheCredentials() throws Exception {
    NodeId node = nodeWithPassword("eve");
    X509Certificate certificate = bind(node);
    house.require(node, replyTo -> new NodeProtocol.SuspendNode(EntityHouse.requestId(), replyTo));

    assertThat(logon(node, "eve", "wrong"))
        .isEqualTo(new Decision.Refused(Refusals.BAD_CREDENTIALS));
    assertThat(logon(node, "eve", PASSWORD)).isEqualTo(new Decision.Refused(Refusals.SUSPENDED));
    assertThat(logon(node, certificate)).isEqualTo(new Decision.Refused(Refusals.SUSPENDED));
    assertThat(logon(node, issue(node))).isEqualTo(new Decision.Refused(Refusals.BAD_CREDENTIALS));
  }

  @Test
  void acceptsTheBoundCertificateOnly() throws Exception {
    NodeId node = house.createNode();
    X509Certificate certificate = bind(node);

    assertThat(logon(node, certificate)).isEqualTo(new Decision.Accepted(node));
    assertThat(logon(node, issue(node))).as("of the CA, but not bound").isEqualTo(bad());
  }

  @Test
  void refusesTheCertificateOfAnotherNode() throws Exception {
    NodeId node = house.createNode();
    NodeId other = house.createNode();
    bind(node);
    X509Certificate others = bind(other);

    assertThat(logon(node, others)).isEqualTo(bad());
    assertThat(logon(house.unknownNode(), others)).isEqualTo(bad());
  }

  @Test
  void refusesAnEarlierCertificate() throws Exception {
    NodeId node = house.createNode();
    X509Certificate first = bind(node);
    X509Certificate second = bind(node);

    assertThat(logon(node, first)).isEqualTo(bad());
    assertThat(logon(node, second)).isEqualTo(new Decision.Accepted(node));
  }

  @Test
  void refusesWhoShowsNothing() {
    assertThat(join(authenticator.logon(house.createNode(), null, null, HERE))).isEqualTo(bad());
  }

  @Test
  void refusesDeletedNodes() throws Exception {
    NodeId node = nodeWithPassword("dan");
    X509Certificate certificate = bind(node);
    house.require(node, replyTo -> new NodeProtocol.DeleteNode(EntityHouse.requestId(), replyTo));

    assertThat(logon(node, certificate)).isEqualTo(bad());
    assertThat(logon(node, "dan", PASSWORD)).isEqualTo(bad());
  }

  @Test
  void saysBusyWhenTheHasherRefuses() {
    EntityNodeAuthenticator busy =
        new EntityNodeAuthenticator(
            house.shards(), new BusyHasher(), new GuessLimiter(System::nanoTime));
    Decision decision =
        join(busy.logon(nodeWithPassword("joe"), credential("joe", PASSWORD), null, HERE));

    assertThat(decision)
        .isInstanceOfSatisfying(
            Decision.Refused.class,
            refused -> {
              assertThat(refused.refusal().getCode()).isEqualTo(Refusal.Code.BUSY);
              assertThat(refused.refusal().getRetryAfterMs()).isPositive();
            });
  }

  private static Decision bad() {
    return new Decision.Refused(Refusals.BAD_CREDENTIALS);
  }

  private NodeId nodeWithPassword(String user) {
    NodeId node = house.createNode();
    house.require(
        node,
        replyTo -> new NodeProtocol.SetPassword(EntityHouse.requestId(), user, verifier, replyTo));
    return node;
  }

  private X509Certificate issue(NodeId node) throws Exception {
    return authority.issueNode(Requests.ec("secp256r1").getPublic(), node);
  }

  private X509Certificate bind(NodeId node) throws Exception {
    X509Certificate certificate = issue(node);
    String fingerprint = HexFormat.of().formatHex(CertificateAuthority.fingerprint(certificate));
    house.require(
        node,
        replyTo ->
            new NodeProtocol.EnrolWithPassword(EntityHouse.requestId(), fingerprint, replyTo));
    return certificate;
  }

  private Decision logon(NodeId node, String user, String password) {
    return join(authenticator.logon(node, credential(user, password), null, HERE));
  }

  private Decision logon(NodeId node, X509Certificate certificate) {
    return join(authenticator.logon(node, null, certificate, HERE));
  }

  private static PasswordCredential credential(String user, String password) {
    return PasswordCredential.newBuilder().setUserName(user).setPassword(password).build();
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  /** Counts the runs of the function. */
  private static final class CountingHasher implements PasswordHasher {
    private final PasswordHasher hasher;
    private final AtomicInteger runs = new AtomicInteger();

    CountingHasher(PasswordHasher hasher) {
      this.hasher = hasher;
    }

    @Override
    public CompletionStage<String> hash(char[] password) {
      return hasher.hash(password);
    }

    @Override
    public CompletionStage<Boolean> verify(char[] password, String verifier) {
      runs.incrementAndGet();
      return hasher.verify(password, verifier);
    }

    @Override
    public CompletionStage<Boolean> verifyNobody(char[] password) {
      runs.incrementAndGet();
      return hasher.verifyNobody(password);
    }
  }

  /** A hasher whose queue is full. */
  private static final class BusyHasher implements PasswordHasher {
    @Override
    public CompletionStage<String> hash(char[] password) {
      return full();
    }

    @Override
    public CompletionStage<Boolean> verify(char[] password, String verifier) {
      return full();
    }

    @Override
    public CompletionStage<Boolean> verifyNobody(char[] password) {
      return full();
    }

    private static <T> CompletionStage<T> full() {
      return CompletableFuture.failedStage(new RejectedExecutionException("full"));
    }
  }
}
