package io.culvert.server.authentication;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import java.time.Instant;
import java.util.Set;

/**
 * What a server attests to the other servers about a node that was linked to it.
 *
 * @param node that was linked
 * @param certificateFingerprint SHA-256 of the TLS client certificate that the agent showed,
 *     lower-case hex; empty if it showed none. Only who shows it again may use the ticket.
 * @param lineage of the session: the same for all that were resumed from one another
 * @param logonAt when the session logged on
 * @param memberships the VPNs of the node at that time
 * @param expiresAt not usable from then on
 */
public record ResumptionTicket(
    NodeId node,
    String certificateFingerprint,
    String lineage,
    Instant logonAt,
    Set<VpnId> memberships,
    Instant expiresAt) {
  /** Copies the set. */
  public ResumptionTicket {
    memberships = Set.copyOf(memberships);
  }
}
