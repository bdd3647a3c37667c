package io.culvert.server.authentication;

import io.culvert.model.identity.NodeId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.node.NodeProtocol.Credentials;
import io.culvert.model.node.NodeProtocol.CurrentState;
import io.culvert.model.node.NodeProtocol.NodeStatus;
import io.culvert.model.sharding.EntityShards;
import io.culvert.protocol.v1.PasswordCredential;
import io.culvert.protocol.v1.Refusal;
import io.culvert.server.admission.GuessLimiter;
import io.culvert.server.admission.Origin;
import io.culvert.server.pki.CertificateAuthority;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;

/** Verifies logons against the Node entity. Thread-safe. */
public final class EntityNodeAuthenticator implements NodeAuthenticator {
  /** How long an entity may take to answer. */
  static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);

  private final EntityShards shards;
  private final PasswordHasher hasher;
  private final GuessLimiter guesses;

  /** Uses the entities of the running server. */
  public EntityNodeAuthenticator(EntityShards shards, PasswordHasher hasher, GuessLimiter guesses) {
    this.shards = shards;
    this.hasher = hasher;
    this.guesses = guesses;
  }

  @Override
  public CompletionStage<Decision> logon(
      NodeId node,
      @Nullable PasswordCredential password,
      @Nullable X509Certificate certificate,
      Origin origin) {
    CompletionStage<Decision> decision;
    if (password != null) {
      decision = byPassword(node, password, origin);
    } else if (certificate != null) {
      decision = byCertificate(node, certificate);
    } else {
      decision = CompletableFuture.completedStage(new Decision.Refused(Refusals.BAD_CREDENTIALS));
    }
    return decision.exceptionally(failure -> new Decision.Refused(Refusals.of(failure)));
  }

  private CompletionStage<Decision> byCertificate(NodeId node, X509Certificate certificate) {
    if (!names(certificate, node)) {
      return CompletableFuture.completedStage(new Decision.Refused(Refusals.BAD_CREDENTIALS));
    }
    String fingerprint = HexFormat.of().formatHex(CertificateAuthority.fingerprint(certificate));
    return read(node)
        .thenApply(
            reply ->
                reply instanceof CurrentState state
                        && state.credentials().certificateFingerprint() != null
                        && equal(state.credentials().certificateFingerprint(), fingerprint)
                    ? decided(state)
                    : new Decision.Refused(Refusals.BAD_CREDENTIALS));
  }

  private CompletionStage<Decision> byPassword(
      NodeId node, PasswordCredential password, Origin origin) {
    return verifiedByPassword(node, password, origin)
        .thenApply(
            verified ->
                switch (verified) {
                  case Verified.Right(CurrentState state) -> decided(state);
                  case Verified.Wrong(Refusal refusal) -> new Decision.Refused(refusal);
                });
  }

  /** What became of a password. */
  sealed interface Verified {
    /** It is the node's own. */
    record Right(CurrentState state) implements Verified {}

    /** It is not, or was not looked at. */
    record Wrong(Refusal refusal) implements Verified {}
  }

  /**
   * Verifies a password; the same work whether user and node exist or not. After too many wrong
   * ones it is not looked at. Fails as the entity or the hasher fails.
   */
  CompletionStage<Verified> verifiedByPassword(
      NodeId node, PasswordCredential password, Origin origin) {
    String user = node + " " + password.getUserName();
    int wait = guesses.waitMillis(origin, user);
    if (wait > 0) {
      return CompletableFuture.completedStage(new Verified.Wrong(Refusals.slowDown(wait)));
    }
    char[] text = password.getPassword().toCharArray();
    return read(node)
        .thenCompose(reply -> verify(reply, password.getUserName(), text))
        .whenComplete((state, failure) -> Arrays.fill(text, '\0'))
        .thenApply(state -> counted(state, origin, user));
  }

  private Verified counted(Optional<CurrentState> state, Origin origin, String user) {
    if (state.isPresent()) {
      guesses.succeeded(origin, user);
      return new Verified.Right(state.get());
    }
    guesses.failed(origin, user);
    return new Verified.Wrong(Refusals.BAD_CREDENTIALS);
  }

  private CompletionStage<Optional<CurrentState>> verify(
      NodeProtocol.Reply reply, String userName, char[] password) {
    if (reply instanceof CurrentState state) {
      Credentials credentials = state.credentials();
      if (credentials.verifier() != null
          && credentials.userName() != null
          && equal(credentials.userName(), userName)) {
        return hasher
            .verify(password, credentials.verifier())
            .thenApply(matches -> matches ? Optional.of(state) : Optional.empty());
      }
    }
    return hasher.verifyNobody(password).thenApply(never -> Optional.empty());
  }

  private static Decision decided(CurrentState state) {
    return state.node().status() == NodeStatus.SUSPENDED
        ? new Decision.Refused(Refusals.SUSPENDED)
        : new Decision.Accepted(state.node().node());
  }

  private CompletionStage<NodeProtocol.Reply> read(NodeId node) {
    return shards.node(node).ask(NodeProtocol.ReadNode::new, ASK_TIMEOUT);
  }

  private static boolean names(X509Certificate certificate, NodeId node) {
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      return alternatives != null
          && alternatives.stream()
              .anyMatch(
                  entry ->
                      Integer.valueOf(GeneralName.uniformResourceIdentifier).equals(entry.get(0))
                          && (CertificateAuthority.NODE_URI + node).equals(entry.get(1)));
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  private static boolean equal(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
