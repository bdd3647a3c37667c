package io.culvert.server.authentication;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.sharding.EntityShards;
import io.culvert.protocol.v1.EnrollReply;
import io.culvert.protocol.v1.EnrollRequest;
import io.culvert.protocol.v1.Enrolled;
import io.culvert.protocol.v1.Refusal;
import io.culvert.server.admission.Origin;
import io.culvert.server.pki.CertificateAuthority;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Issues node certificates (RFC 2986 requests) against a token or a password. Thread-safe. */
public final class EntityNodeEnrolment implements NodeEnrolment {
  private final EntityShards shards;
  private final EntityNodeAuthenticator authenticator;
  private final CertificateAuthority authority;
  private final List<String> servers;

  /**
   * Uses the entities of the running server.
   *
   * @param servers {@code host:port} of the agent gateways, told to the agent
   */
  public EntityNodeEnrolment(
      EntityShards shards,
      EntityNodeAuthenticator authenticator,
      CertificateAuthority authority,
      List<String> servers) {
    this.shards = shards;
    this.authenticator = authenticator;
    this.authority = authority;
    this.servers = List.copyOf(servers);
  }

  @Override
  public CompletionStage<EnrollReply> enrol(EnrollRequest request, Origin origin) {
    NodeId node;
    X509Certificate certificate;
    try {
      node = NodeId.parse(request.getNodeId());
      certificate =
          authority.issueNode(
              CertificateRequest.verifiedKey(request.getCertificateRequest().toByteArray()), node);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedStage(
          refused(Refusals.badRequest(String.valueOf(e.getMessage()))));
    }
    CompletionStage<EnrollReply> reply =
        switch (request.getProofCase()) {
          case TOKEN_SECRET -> byToken(node, request.getTokenSecret(), certificate);
          case PASSWORD -> byPassword(node, request, certificate, origin);
          case PROOF_NOT_SET ->
              CompletableFuture.completedStage(
                  refused(Refusals.badRequest("neither a token nor a password was sent")));
        };
    return reply.exceptionally(failure -> refused(Refusals.of(failure)));
  }

  private CompletionStage<EnrollReply> byToken(
      NodeId node, ByteString secret, X509Certificate certificate) {
    String digest = sha256(secret.toByteArray());
    return shards
        .node(node)
        .<NodeProtocol.Reply>ask(
            replyTo ->
                new NodeProtocol.EnrolWithToken(
                    UUID.randomUUID().toString(), digest, fingerprint(certificate), replyTo),
            EntityNodeAuthenticator.ASK_TIMEOUT)
        .thenApply(reply -> answer(reply, certificate, Refusals.BAD_TOKEN));
  }

  private CompletionStage<EnrollReply> byPassword(
      NodeId node, EnrollRequest request, X509Certificate certificate, Origin origin) {
    return authenticator
        .verifiedByPassword(node, request.getPassword(), origin)
        .thenCompose(
            verified ->
                switch (verified) {
                  case EntityNodeAuthenticator.Verified.Right right -> bind(node, certificate);
                  case EntityNodeAuthenticator.Verified.Wrong(Refusal refusal) ->
                      CompletableFuture.completedStage(refused(refusal));
                });
  }

  private CompletionStage<EnrollReply> bind(NodeId node, X509Certificate certificate) {
    return shards
        .node(node)
        .<NodeProtocol.Reply>ask(
            replyTo ->
                new NodeProtocol.EnrolWithPassword(
                    UUID.randomUUID().toString(), fingerprint(certificate), replyTo),
            EntityNodeAuthenticator.ASK_TIMEOUT)
        .thenApply(reply -> answer(reply, certificate, Refusals.BAD_CREDENTIALS));
  }

  private EnrollReply answer(
      NodeProtocol.Reply reply, X509Certificate certificate, Refusal otherwise) {
    if (reply instanceof NodeProtocol.Changed) {
      return enrolled(certificate);
    }
    return reply instanceof NodeProtocol.Rejected rejected
            && rejected.reason() == NodeProtocol.Reason.SUSPENDED
        ? refused(Refusals.SUSPENDED)
        : refused(otherwise);
  }

  private EnrollReply enrolled(X509Certificate certificate) {
    try {
      return EnrollReply.newBuilder()
          .setEnrolled(
              Enrolled.newBuilder()
                  .setNodeCertificate(ByteString.copyFrom(certificate.getEncoded()))
                  .setCaCertificate(ByteString.copyFrom(authority.certificate().getEncoded()))
                  .addAllServers(servers))
          .build();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("an issued certificate has no encoding", e);
    }
  }

  private static EnrollReply refused(Refusal refusal) {
    return EnrollReply.newBuilder().setRefused(refusal).build();
  }

  private static String fingerprint(X509Certificate certificate) {
    return HexFormat.of().formatHex(CertificateAuthority.fingerprint(certificate));
  }

  private static String sha256(byte[] secret) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(secret));
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
