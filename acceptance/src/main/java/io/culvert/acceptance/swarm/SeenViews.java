package io.culvert.acceptance.swarm;

import io.culvert.acceptance.history.AgentView;
import io.culvert.acceptance.history.PeerSeen;
import io.culvert.agent.view.TunnelPlanner;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.Membership;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Makes of an agent's replica what a history and a checker can read. Pure. */
final class SeenViews {
  private SeenViews() {}

  static AgentView view(String agent, String state, VpnReplica replica) {
    Map<String, PeerSeen> peers = new TreeMap<>();
    replica
        .peers()
        .forEach((node, peer) -> peers.put(node, member(peer.getMembership(), peer.getOnline())));
    return new AgentView(
        agent, state, replica.vpnId(), replica.revision(), member(replica.self(), true), peers);
  }

  static PeerSeen member(Membership membership, boolean online) {
    List<InetAddress> addresses = TunnelPlanner.addresses(membership);
    return new PeerSeen(
        membership.getAdmittedRevision(),
        addresses.get(0).getHostAddress(),
        addresses.get(1).getHostAddress(),
        membership.getRole().name().toLowerCase(Locale.ROOT),
        online);
  }
}
