package io.culvert.server.feed;

import io.culvert.model.identity.NodeId;
import io.culvert.model.vpn.VpnEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a change of a replica touched, and so what its frames have to say.
 *
 * @param nodes members whose place or presence is another now, or that came or went
 * @param vpn whether the attributes of the VPN changed
 * @param everything whether who sees whom may have changed: only snapshots will do
 */
record VpnChange(Set<NodeId> nodes, boolean vpn, boolean everything) {
  /** Copies the set. */
  VpnChange {
    nodes = Set.copyOf(nodes);
  }

  /** Of some members' presence. */
  static VpnChange ofPresence(Set<NodeId> nodes) {
    return new VpnChange(nodes, false, false);
  }

  /** Of the entity's events. */
  static VpnChange of(List<VpnEvent> events) {
    Set<NodeId> nodes = new HashSet<>();
    boolean vpn = false;
    boolean everything = false;
    for (VpnEvent event : events) {
      switch (event) {
        case VpnEvent.NodeAdmitted e -> nodes.add(e.node());
        case VpnEvent.NodeRemoved e -> nodes.add(e.node());
        case VpnEvent.CipherSuiteChanged e -> vpn = true;
        case VpnEvent.LegacyPermissionChanged e -> vpn = true;
        case VpnEvent.SecretRenewed e -> vpn = true;
        case VpnEvent.VpnCreated e -> everything = true;
        case VpnEvent.RoleChanged e -> everything = true;
        case VpnEvent.TopologyChanged e -> everything = true;
        case VpnEvent.VpnDeleted e -> everything = true;
        case VpnEvent.NodeInformed e -> {}
      }
    }
    return new VpnChange(nodes, vpn, everything);
  }
}
