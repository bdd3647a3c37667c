package io.culvert.agent.control;

import com.google.protobuf.ByteString;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.AgentFrame;
import io.culvert.protocol.v1.Applied;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Endpoint;
import io.culvert.protocol.v1.Hello;
import io.culvert.protocol.v1.Logoff;
import io.culvert.protocol.v1.Logon;
import io.culvert.protocol.v1.Pull;
import io.culvert.protocol.v1.Resync;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the agent says to a server. Pure. */
final class AgentFrames {
  private static final int VERSION = 1;
  private static final int MAX_ENDPOINTS = 16;

  private AgentFrames() {}

  static AgentFrame hello(String agentVersion, String platform) {
    return AgentFrame.newBuilder()
        .setHello(
            Hello.newBuilder()
                .setMinVersion(VERSION)
                .setMaxVersion(VERSION)
                .setAgentVersion(agentVersion)
                .setPlatform(platform))
        .build();
  }

  /**
   * The logon of a node.
   *
   * @param ticket of a server of the cluster; empty: the certificate of TLS is the credential
   */
  static AgentFrame logon(String nodeId, Attributes attributes, ByteString ticket) {
    return AgentFrame.newBuilder()
        .setLogon(Logon.newBuilder().setNodeId(nodeId).setAttributes(attributes).setTicket(ticket))
        .build();
  }

  static AgentFrame attributes(Attributes attributes) {
    return AgentFrame.newBuilder().setAttributes(attributes).build();
  }

  static AgentFrame applied(VpnReplica replica) {
    return AgentFrame.newBuilder()
        .setApplied(
            Applied.newBuilder()
                .setVpnId(replica.vpnId())
                .setFeedIncarnation(replica.feedIncarnation())
                .setSequence(replica.sequence())
                .setRevision(replica.revision()))
        .build();
  }

  static AgentFrame resync(String vpnId) {
    return AgentFrame.newBuilder().setResync(Resync.newBuilder().setVpnId(vpnId)).build();
  }

  static AgentFrame pull() {
    return AgentFrame.newBuilder().setPull(Pull.getDefaultInstance()).build();
  }

  static AgentFrame logoff(String reason) {
    return AgentFrame.newBuilder().setLogoff(Logoff.newBuilder().setReason(reason)).build();
  }

  /**
   * What a node tells of itself.
   *
   * @param endpoints the first {@value #MAX_ENDPOINTS} are told
   * @param pullInterval how often the agent will ask for changes; zero: they are pushed
   */
  static Attributes describe(
      byte[] publicKey,
      int udpPort,
      Map<String, Integer> spiTags,
      List<io.culvert.agent.transport.Endpoint> endpoints,
      Duration pullInterval) {
    Attributes.Builder attributes =
        Attributes.newBuilder()
            .setX25519PublicKey(ByteString.copyFrom(publicKey))
            .setUdpPort(udpPort)
            .putAllSpiTags(spiTags)
            .setPullIntervalMs(Math.toIntExact(pullInterval.toMillis()));
    endpoints.stream()
        .limit(MAX_ENDPOINTS)
        .forEach(
            endpoint ->
                attributes.addLocalEndpoints(
                    Endpoint.newBuilder()
                        .setAddress(ByteString.copyFrom(endpoint.addressBytes()))
                        .setPort(endpoint.port())));
    return attributes.build();
  }
}
