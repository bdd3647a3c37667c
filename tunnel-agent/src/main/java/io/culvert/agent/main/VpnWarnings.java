package io.culvert.agent.main;

import io.culvert.agent.dataplane.EngineStatistics;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.view.TunnelPlanner;
import io.culvert.agent.view.VpnReplica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What is wrong with a VPN though its tunnels may work, in sentences for people. */
final class VpnWarnings {
  private VpnWarnings() {}

  /** In the order of their weight; empty if all is well. */
  static List<String> of(VpnReplica replica, Collection<EngineStatistics.Peer> peers) {
    List<String> warnings = new ArrayList<>();
    EspTransform transform = TunnelPlanner.transform(replica.vpn().getCipherSuite());
    if (transform == null) {
      warnings.add(
          "this agent does not know the VPN's cipher (number %d), so it makes no tunnels; install a newer one"
              .formatted(replica.vpn().getCipherSuiteValue()));
    } else if (transform.isLegacy()) {
      warnings.add(
          "legacy cipher with blocks of 64 bits: each key carries at most 1 GiB, then the tunnel stops until the VPN is rekeyed");
    }
    peers.stream()
        .filter(peer -> peer.vpnId().equals(replica.vpnId()) && peer.rekeyWanted())
        .map(
            peer ->
                "the key for %s is almost used up; an administrator should run 'vpn rekey %s'"
                    .formatted(peer.nodeId(), replica.vpnId()))
        .forEach(warnings::add);
    return warnings;
  }
}
