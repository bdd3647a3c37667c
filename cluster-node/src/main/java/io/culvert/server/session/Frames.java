package io.culvert.server.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.culvert.model.identity.VpnId;
import io.culvert.protocol.v1.Accepted;
import io.culvert.protocol.v1.Cue;
import io.culvert.protocol.v1.Endpoint;
import io.culvert.protocol.v1.LogonResult;
import io.culvert.protocol.v1.Pulled;
import io.culvert.protocol.v1.Refusal;
import io.culvert.protocol.v1.ServerFrame;
import io.culvert.protocol.v1.Synchronized;
import io.culvert.protocol.v1.Ticket;
import io.culvert.protocol.v1.Welcome;
import java.util.Set;

/** The frames of a session that are no views, encoded. Pure. */
final class Frames {
  private Frames() {}

  static ByteString welcome(int version, SessionEnvironment environment, Connection connection) {
    return encode(
        ServerFrame.newBuilder()
            .setWelcome(
                Welcome.newBuilder()
                    .setVersion(version)
                    .setServerName(environment.serverName())
                    .setServerVersion(environment.serverVersion())
                    .setObserved(
                        Endpoint.newBuilder()
                            .setAddress(ByteString.copyFrom(connection.remoteAddress()))
                            .setPort(connection.remotePort()))));
  }

  static ByteString accepted(String sessionId, Set<VpnId> memberships) {
    Accepted.Builder accepted = Accepted.newBuilder().setSessionId(sessionId);
    memberships.stream().sorted().forEach(vpn -> accepted.addVpnIds(vpn.toString()));
    return encode(
        ServerFrame.newBuilder().setLogonResult(LogonResult.newBuilder().setAccepted(accepted)));
  }

  static ByteString refused(Refusal refusal) {
    return encode(
        ServerFrame.newBuilder().setLogonResult(LogonResult.newBuilder().setRefused(refusal)));
  }

  static ByteString synchronizedOnce() {
    return encode(ServerFrame.newBuilder().setSynchronized(Synchronized.getDefaultInstance()));
  }

  static ByteString pulled() {
    return encode(ServerFrame.newBuilder().setPulled(Pulled.getDefaultInstance()));
  }

  static ByteString cue(Cue.Kind kind, String message, int delayMillis) {
    return encode(
        ServerFrame.newBuilder()
            .setCue(Cue.newBuilder().setKind(kind).setMessage(message).setDelayMs(delayMillis)));
  }

  static ByteString ticket(byte[] ticket) {
    return encode(
        ServerFrame.newBuilder()
            .setTicket(Ticket.newBuilder().setTicket(UnsafeByteOperations.unsafeWrap(ticket))));
  }

  /**
   * A refusal.
   *
   * @param retryAfterMillis 0 if trying again is of no use
   */
  static Refusal refusal(Refusal.Code code, String message, int retryAfterMillis) {
    return Refusal.newBuilder()
        .setCode(code)
        .setMessage(message)
        .setRetryAfterMs(retryAfterMillis)
        .build();
  }

  private static ByteString encode(ServerFrame.Builder frame) {
    return frame.build().toByteString();
  }
}
