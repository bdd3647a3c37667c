package io.culvert.server.authentication;

import io.culvert.model.identity.NodeId;
import io.culvert.protocol.v1.PasswordCredential;
import io.culvert.protocol.v1.Refusal;
import io.culvert.server.admission.Origin;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides whether an agent may log on as a node. Thread-safe. */
public interface NodeAuthenticator {
  /**
   * Verifies a logon. The stage never fails: an unreachable database is a refusal with {@link
   * Refusal.Code#UNAVAILABLE}. A wrong password, an unknown user and an unknown node are refused
   * with the same code, the same text and after the same work.
   *
   * @param node the node that the agent says it is
   * @param password the password credential, null if the agent sent none
   * @param certificate the TLS client certificate, already verified against the CA by the
   *     handshake; null if the agent sent none
   * @param origin where it comes from: wrong passwords are counted
   */
  CompletionStage<Decision> logon(
      NodeId node,
      @Nullable PasswordCredential password,
      @Nullable X509Certificate certificate,
      Origin origin);

  /** The outcome of a logon. */
  sealed interface Decision {
    /** The agent is the node. */
    record Accepted(NodeId node) implements Decision {}

    /** It is not, or cannot be verified now. */
    record Refused(Refusal refusal) implements Decision {}
  }
}
