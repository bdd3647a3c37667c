package io.culvert.server.feed;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Which agents have applied which revision of a VPN, as far as this server knows. Thread-safe. */
public interface AppliedRevisions {
  /**
   * The members of a VPN with their presence and what they have acknowledged. A member without a
   * session at any server is not in the map.
   */
  CompletionStage<Map<NodeId, MemberStatus>> of(VpnId vpn);

  /**
   * One online member.
   *
   * @param server the server where its session lives
   * @param appliedRevision the newest revision that its agent acknowledged, 0 before the first;
   *     known for sessions of this server only, -1 for others
   */
  record MemberStatus(String server, long appliedRevision) {}
}
