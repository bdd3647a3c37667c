package io.culvert.agent.enrolment;

import com.google.protobuf.ByteString;
import io.culvert.agent.discovery.ServerAddresses;
import io.culvert.agent.discovery.ServerAddresses.Target;
import io.culvert.agent.discovery.ServerFinder;
import io.culvert.agent.link.LinkTls;
import io.culvert.agent.link.ServerConnection;
import io.culvert.protocol.v1.AgentGatewayGrpc;
import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import io.culvert.protocol.v1.Enrolled;
import io.culvert.protocol.v1.EnrolmentToken;
import io.culvert.protocol.v1.PasswordCredential;
import io.culvert.protocol.v1.Refusal;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * Turns a token, or a user name and password, into a node's identity: makes a key on P-256, proves
 * its possession (PKCS#10), and gets the certificate from a server of the pinned CA.
 */
public final class Enroller {
  private static final long CALL_SECONDS = 15;

  private final byte[] authorityFingerprint;
  private final String agentVersion;

  /**
   * For one cluster.
   *
   * @param authorityFingerprint SHA-256 of the DER of its CA's certificate: the pin
   */
  public Enroller(byte[] authorityFingerprint, String agentVersion) {
    this.authorityFingerprint = authorityFingerprint.clone();
    this.agentVersion = agentVersion;
  }

  /**
   * Spends a token.
   *
   * @throws EnrolmentException if it is refused, or no server can be reached
   */
  public static NodeIdentity withToken(EnrolmentToken token, String agentVersion) {
    return new Enroller(token.getCaFingerprint().toByteArray(), agentVersion)
        .enrol(
            token.getServersList(),
            EnrollRequest.newBuilder()
                .setNodeId(token.getNodeId())
                .setTokenSecret(token.getSecret()));
  }

  /**
   * Enrols with a user name and a password.
   *
   * @throws EnrolmentException if they are refused, or no server can be reached
   */
  public NodeIdentity withPassword(
      List<String> servers, String nodeId, String userName, String password) {
    return enrol(
        servers,
        EnrollRequest.newBuilder()
            .setNodeId(nodeId)
            .setPassword(
                PasswordCredential.newBuilder().setUserName(userName).setPassword(password)));
  }

  private NodeIdentity enrol(List<String> servers, EnrollRequest.Builder request) {
    try {
      servers.forEach(ServerAddresses::parse);
    } catch (IllegalArgumentException e) {
      throw new EnrolmentException(String.valueOf(e.getMessage()));
    }
    KeyPair pair = generateKeyPair();
    request
        .setCertificateRequest(ByteString.copyFrom(certificateRequest(request, pair)))
        .setAgentVersion(agentVersion);
    EnrollReply reply = firstAnswer(servers, request.build());
    return identity(reply, request.getNodeId(), servers, pair);
  }

  /** The first server's answer that another server would not give otherwise. */
  private EnrollReply firstAnswer(List<String> servers, EnrollRequest request) {
    ServerFinder finder = ServerFinder.ofSystem();
    Map<Target, String> failures = new LinkedHashMap<>();
    while (true) {
      ServerFinder.Search search = find(finder, servers, failures.keySet());
      failures.putAll(search.failures());
      if (search instanceof ServerFinder.Found found) {
        try {
          EnrollReply reply = call(found, request);
          if (!isForThisServerOnly(reply.getRefused().getCode())) {
            return reply;
          }
          failures.put(found.target(), reply.getRefused().getMessage());
        } catch (StatusRuntimeException e) {
          failures.put(found.target(), reason(e));
        }
      } else if (search instanceof ServerFinder.Nothing nothing) {
        throw new EnrolmentException(
            failures.isEmpty()
                ? nothing.reason()
                : "no server could enrol this node:" + list(failures));
      }
    }
  }

  private static ServerFinder.Search find(
      ServerFinder finder, List<String> servers, Set<Target> except) {
    try {
      return finder.find(servers, except);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnrolmentException("the search for a server was interrupted");
    }
  }

  private static String list(Map<Target, String> failures) {
    StringBuilder lines = new StringBuilder();
    failures.forEach((target, why) -> lines.append("\n  ").append(target).append(": ").append(why));
    return lines.toString();
  }

  private static boolean isForThisServerOnly(Refusal.Code code) {
    return code == Refusal.Code.BUSY || code == Refusal.Code.UNAVAILABLE;
  }

  private static String reason(StatusRuntimeException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private EnrollReply call(ServerFinder.Found found, EnrollRequest request) {
    ManagedChannel channel =
        ServerConnection.over(found, LinkTls.ofStranger(new PinnedAuthority(authorityFingerprint)))
            .build();
    try {
      return AgentGatewayGrpc.newBlockingStub(channel)
          .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
          .enroll(request);
    } finally {
      channel.shutdownNow();
    }
  }

  private NodeIdentity identity(
      EnrollReply reply, String nodeId, List<String> servers, KeyPair pair) {
    if (!reply.hasEnrolled()) {
      throw new EnrolmentException("enrolment was refused: " + reply.getRefused().getMessage());
    }
    Enrolled enrolled = reply.getEnrolled();
    try {
      byte[] authorityBytes = enrolled.getCaCertificate().toByteArray();
      if (!MessageDigest.isEqual(
          MessageDigest.getInstance("SHA-256").digest(authorityBytes), authorityFingerprint)) {
        throw new EnrolmentException("the server sent another CA than the pinned one");
      }
      X509Certificate authority = NodeIdentity.readCertificate(authorityBytes);
      X509Certificate certificate =
          NodeIdentity.readCertificate(enrolled.getNodeCertificate().toByteArray());
      certificate.verify(authority.getPublicKey());
      if (!certificate.getPublicKey().equals(pair.getPublic())) {
        throw new EnrolmentException("the server certified another key than this node's");
      }
      enrolled.getServersList().forEach(ServerAddresses::parse);
      return new NodeIdentity(
          nodeId,
          enrolled.getServersCount() == 0 ? servers : enrolled.getServersList(),
          pair.getPrivate(),
          certificate,
          authority);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new EnrolmentException("the server's answer is not valid: " + e.getMessage());
    }
  }

  private static KeyPair generateKeyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] certificateRequest(EnrollRequest.Builder request, KeyPair pair) {
    try {
      return new JcaPKCS10CertificationRequestBuilder(
              new X500Name("CN=" + request.getNodeId().replace('/', '.')), pair.getPublic())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("cannot make a certificate request", e);
    }
  }
}
