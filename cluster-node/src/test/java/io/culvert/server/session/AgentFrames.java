package io.culvert.server.session;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.Applied;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Endpoint;
import io.culvert.protocol.v1.Hello;
import io.culvert.protocol.v1.Logoff;
import io.culvert.protocol.v1.Logon;
import io.culvert.protocol.v1.PasswordCredential;
import io.culvert.protocol.v1.Pull;
import io.culvert.protocol.v1.Resync;
import org.jspecify.annotations.Nullable;

/** What an agent says. */
final class AgentFrames {
  private AgentFrames() {}

  static AgentFrame hello(int minVersion, int maxVersion) {
    return AgentFrame.newBuilder()
        .setHello(Hello.newBuilder().setMinVersion(minVersion).setMaxVersion(maxVersion))
        .build();
  }

  /** The user's name is the node's. */
  static AgentFrame logon(NodeId node, @Nullable String password) {
    return logon(node, password, attributes(4500).build());
  }

  static AgentFrame logon(NodeId node, @Nullable String password, Attributes attributes) {
    Logon.Builder logon = Logon.newBuilder().setNodeId(node.toString()).setAttributes(attributes);
    if (password != null) {
      logon.setPassword(
          PasswordCredential.newBuilder().setUserName(node.name()).setPassword(password));
    }
    return AgentFrame.newBuilder().setLogon(logon).build();
  }

  /** A ticket and no credentials. */
  static AgentFrame resumption(NodeId node, ByteString ticket) {
    return AgentFrame.newBuilder()
        .setLogon(
            Logon.newBuilder()
                .setNodeId(node.toString())
                .setTicket(ticket)
                .setAttributes(attributes(4500)))
        .build();
  }

  /** Good ones, of an agent at this UDP port. */
  static Attributes.Builder attributes(int udpPort) {
    return Attributes.newBuilder()
        .setX25519PublicKey(ByteString.copyFrom(new byte[32]))
        .setUdpPort(udpPort)
        .addLocalEndpoints(
            Endpoint.newBuilder()
                .setAddress(ByteString.copyFrom(new byte[] {10, 0, 0, 1}))
                .setPort(udpPort));
  }

  static AgentFrame changed(Attributes attributes) {
    return AgentFrame.newBuilder().setAttributes(attributes).build();
  }

  static AgentFrame resync(String vpn) {
    return AgentFrame.newBuilder().setResync(Resync.newBuilder().setVpnId(vpn)).build();
  }

  static AgentFrame pull() {
    return AgentFrame.newBuilder().setPull(Pull.getDefaultInstance()).build();
  }

  static AgentFrame applied(VpnId vpn, long incarnation, long revision) {
    return AgentFrame.newBuilder()
        .setApplied(
            Applied.newBuilder()
                .setVpnId(vpn.toString())
                .setFeedIncarnation(incarnation)
                .setRevision(revision))
        .build();
  }

  static AgentFrame logoff() {
    return AgentFrame.newBuilder().setLogoff(Logoff.newBuilder().setReason("test")).build();
  }
}
