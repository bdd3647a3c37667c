package io.culvert.server.session;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Hello;
import io.culvert.protocol.v1.Logon;
import io.culvert.protocol.v1.PasswordCredential;
import io.culvert.protocol.v1.Refusal;
import org.jspecify.annotations.Nullable;

/** What an agent's first two frames ask for, before anybody is asked who it is. Pure. */
sealed interface LogonRequest {
  /** The version of the agent protocol that this server speaks. */
  int VERSION = 1;

  /**
   * A logon that may be decided.
   *
   * @param node which the agent says it is
   * @param password the password credential, null if the agent sent none
   * @param ticket to be accepted without credentials; empty if the agent sent none
   * @param attributes of the node, valid
   */
  record Valid(
      NodeId node, @Nullable PasswordCredential password, ByteString ticket, Attributes attributes)
      implements LogonRequest {}

  /** A logon that is none. */
  record Invalid(Refusal refusal) implements LogonRequest {}

  /** The refusal of an agent that does not speak {@link #VERSION}; null if it does. */
  static @Nullable Refusal refusal(Hello hello) {
    if (hello.getMinVersion() <= VERSION && hello.getMaxVersion() >= VERSION) {
      return null;
    }
    return Frames.refusal(
        Refusal.Code.VERSION,
        "this server speaks version %d, the agent %s to %s"
            .formatted(
                VERSION,
                Integer.toUnsignedString(hello.getMinVersion()),
                Integer.toUnsignedString(hello.getMaxVersion())),
        0);
  }

  /** Reads a logon. */
  static LogonRequest of(Logon logon) {
    String violation = AttributesRules.violation(logon.getAttributes());
    if (violation != null) {
      return new Invalid(Frames.refusal(Refusal.Code.BAD_REQUEST, violation, 0));
    }
    try {
      return new Valid(
          NodeId.parse(logon.getNodeId()),
          logon.hasPassword() ? logon.getPassword() : null,
          logon.getTicket(),
          logon.getAttributes());
    } catch (IllegalArgumentException e) {
      return new Invalid(
          Frames.refusal(Refusal.Code.BAD_REQUEST, String.valueOf(e.getMessage()), 0));
    }
  }
}
