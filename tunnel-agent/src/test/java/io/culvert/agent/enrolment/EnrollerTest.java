package io.culvert.agent.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.culvert.agent.testserver.TestAuthority;
import io.culvert.agent.testserver.TestGateway;
import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import io.culvert.protocol.v1.Enrolled;
import io.culvert.protocol.v1.EnrolmentToken;
import io.culvert.protocol.v1.Refusal;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Enrolment over real TLS and gRPC; the test is the server. */
class EnrollerTest {
  private final TestAuthority authority = new TestAuthority("cluster");
  private final TestGateway gateway = TestGateway.start(authority);
  private final Queue<EnrollRequest> requests = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    gateway.close();
  }

  private static ByteString der(X509Certificate certificate) {
    try {
      return ByteString.copyFrom(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private EnrollReply enrol(EnrollRequest request) {
    requests.add(request);
    return EnrollReply.newBuilder()
        .setEnrolled(
            Enrolled.newBuilder()
                .setNodeCertificate(
                    der(
                        authority.node(
                            request.getCertificateRequest().toByteArray(), request.getNodeId())))
                .setCaCertificate(der(authority.certificate())))
        .build();
  }

  private static EnrollReply refusal(Refusal.Code code, String message) {
    return EnrollReply.newBuilder()
        .setRefused(Refusal.newBuilder().setCode(code).setMessage(message))
        .build();
  }

  private EnrolmentToken token(byte[] pin, String... servers) {
    return EnrolmentToken.newBuilder()
        .addAllServers(List.of(servers))
        .setNodeId("acme/laptop")
        .setSecret(ByteString.copyFrom(new byte[32]))
        .setCaFingerprint(ByteString.copyFrom(pin))
        .build();
  }

  @Test
  void becomesTheNodeOfTheToken() {
    gateway.onEnroll(this::enrol);
    NodeIdentity identity =
        Enroller.withToken(token(authority.fingerprint(), gateway.address()), "test");
    assertThat(identity.nodeId()).isEqualTo("acme/laptop");
    assertThat(identity.servers()).containsExactly(gateway.address());
    assertThat(identity.authority()).isEqualTo(authority.certificate());
    assertThat(identity.privateKey().getAlgorithm()).isEqualTo("EC");
    assertThat(requests).singleElement().matches(EnrollRequest::hasTokenSecret);
  }

  @Test
  void becomesTheNodeOfTheUser() {
    gateway.onEnroll(this::enrol);
    NodeIdentity identity =
        new Enroller(authority.fingerprint(), "test")
            .withPassword(List.of(gateway.address()), "acme/laptop", "ann", "secret");
    assertThat(identity.nodeId()).isEqualTo("acme/laptop");
    assertThat(requests.remove().getPassword().getUserName()).isEqualTo("ann");
  }

  @Test
  void sendsNothingToAServerOfAnotherCluster() {
    gateway.onEnroll(this::enrol);
    byte[] otherPin = new TestAuthority("other").fingerprint();
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(() -> Enroller.withToken(token(otherPin, gateway.address()), "test"))
        .withMessageContaining("does not belong to the cluster");
    assertThat(requests).isEmpty();
  }

  @Test
  void sendsNothingToAServerWithAnotherName() {
    gateway.onEnroll(this::enrol);
    String alias = "localhost:" + gateway.port();
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(() -> Enroller.withToken(token(authority.fingerprint(), alias), "test"))
        .withMessageContaining("no server could enrol this node");
    assertThat(requests).isEmpty();
  }

  @Test
  void saysWhyTheTokenWasRefused() {
    gateway.onEnroll(
        request -> refusal(Refusal.Code.BAD_TOKEN, "the token was used already or has expired"));
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(
            () -> Enroller.withToken(token(authority.fingerprint(), gateway.address()), "test"))
        .withMessage("enrolment was refused: the token was used already or has expired");
  }

  @Test
  void triesAnotherServerWhenOneIsDeadOrCannotAnswer() {
    TestGateway busy = TestGateway.start(authority);
    busy.onEnroll(request -> refusal(Refusal.Code.UNAVAILABLE, "no database"));
    TestGateway dead = TestGateway.start(authority);
    dead.close();
    gateway.onEnroll(this::enrol);
    NodeIdentity identity =
        Enroller.withToken(
            token(authority.fingerprint(), busy.address(), dead.address(), gateway.address()),
            "test");
    assertThat(identity.nodeId()).isEqualTo("acme/laptop");
    busy.close();
  }

  @Test
  void namesEachServerThatFailed() {
    TestGateway dead = TestGateway.start(authority);
    dead.close();
    gateway.onEnroll(request -> refusal(Refusal.Code.UNAVAILABLE, "no database"));
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(
            () ->
                Enroller.withToken(
                    token(authority.fingerprint(), dead.address(), gateway.address()), "test"))
        .withMessageContaining(dead.address())
        .withMessageContaining(gateway.address() + ": no database");
  }

  @Test
  void refusesACertificateForAnotherKey() {
    gateway.onEnroll(
        request ->
            EnrollReply.newBuilder()
                .setEnrolled(
                    Enrolled.newBuilder()
                        .setNodeCertificate(
                            der(authority.node(TestAuthority.keyPair().getPublic(), "acme/laptop")))
                        .setCaCertificate(der(authority.certificate())))
                .build());
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(
            () -> Enroller.withToken(token(authority.fingerprint(), gateway.address()), "test"))
        .withMessageContaining("another key");
  }

  @Test
  void refusesAnotherCaThanThePinnedOne() {
    gateway.onEnroll(
        request -> {
          EnrollReply.Builder reply = enrol(request).toBuilder();
          reply.getEnrolledBuilder().setCaCertificate(der(new TestAuthority("x").certificate()));
          return reply.build();
        });
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(
            () -> Enroller.withToken(token(authority.fingerprint(), gateway.address()), "test"))
        .withMessageContaining("another CA");
  }

  @Test
  void refusesAnAnswerThatIsNoCertificate() {
    gateway.onEnroll(
        request ->
            EnrollReply.newBuilder()
                .setEnrolled(Enrolled.newBuilder().setCaCertificate(der(authority.certificate())))
                .build());
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(
            () -> Enroller.withToken(token(authority.fingerprint(), gateway.address()), "test"))
        .withMessageContaining("not valid");
  }

  @Test
  void refusesAMalformedServerBeforeItAsks() {
    assertThatExceptionOfType(EnrolmentException.class)
        .isThrownBy(() -> Enroller.withToken(token(authority.fingerprint(), "nonsense"), "test"))
        .withMessageContaining("write host:port");
  }
}
