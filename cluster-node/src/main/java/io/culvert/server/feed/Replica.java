package io.culvert.server.feed;

import io.culvert.model.identity.NodeId;
import io.culvert.model.vpn.Membership;
import io.culvert.model.vpn.VpnState;
import java.util.List;
import java.util.Map;

/**
 * A VPN as a feed knows it.
 *
 * @param state what the entity decided
 * @param presences of the members that are online; a view of the feed's own map
 * @param settled whether a member without a presence is offline; otherwise nobody knows yet
 * @param staleMillis for how long the entity has been silent; 0 if it is not
 */
record Replica(VpnState state, Map<NodeId, Presence> presences, boolean settled, int staleMillis) {
  /** The members that a class sees. */
  List<Membership> visible(ViewClass viewClass) {
    return state.memberships().values().stream().filter(viewClass::sees).toList();
  }
}
