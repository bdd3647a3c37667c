package io.culvert.server.feed;

import io.culvert.model.vpn.Membership;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.model.vpn.VpnState;

/** Sessions that see the same peers and therefore get the same bytes. */
enum ViewClass {
  /** Sees every member: all of a full mesh, and hubs. */
  EVERYONE,
  /** Sees hubs: the spokes. */
  HUBS;

  /** The class of a member. */
  static ViewClass of(VpnState state, Membership member) {
    return state.settings().topology() == Topology.FULL_MESH || member.role() == Role.HUB
        ? EVERYONE
        : HUBS;
  }

  /** Whether this class sees {@code member}. */
  boolean sees(Membership member) {
    return this == EVERYONE || member.role() == Role.HUB;
  }
}
