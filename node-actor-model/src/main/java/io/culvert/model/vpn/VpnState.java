package io.culvert.model.vpn;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import java.util.Map;

/**
 * The state of one VPN: immutable, and the same in the entity and in every feed's replica.
 *
 * @param vpn the VPN's identity
 * @param lifecycle whether it exists
 * @param settings as last changed; meaningless while absent
 * @param epoch of the VPN's secret, from 1; 0 while absent
 * @param revision number of events that changed what members see
 * @param memberships by node
 */
public record VpnState(
    VpnId vpn,
    Lifecycle lifecycle,
    VpnSettings settings,
    int epoch,
    long revision,
    Map<NodeId, Membership> memberships) {

  /** Whether the VPN exists. */
  public enum Lifecycle {
    /** Never created. */
    ABSENT,
    /** In use. */
    ACTIVE,
    /** Deleted; the name stays retired. */
    DELETED
  }

  /** Whether members {@code a} and {@code b} may see and reach each other. */
  public boolean connects(Membership a, Membership b) {
    return settings.topology() == Topology.FULL_MESH
        || a.role() == Role.HUB
        || b.role() == Role.HUB;
  }
}
