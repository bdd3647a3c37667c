package io.culvert.server.feed;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Which agents of the whole cluster have applied which revision of a VPN. Thread-safe. */
public interface AppliedRevisions {
  /**
   * The online ones of some members, and what their agents have acknowledged to the servers where
   * their sessions are. Members that are offline are not in the map.
   */
  CompletionStage<Map<NodeId, MemberStatus>> of(VpnId vpn, Set<NodeId> members);

  /**
   * One online member.
   *
   * @param server the server where its session lives
   * @param appliedRevision the newest revision that its agent acknowledged, 0 before the first;
   *     {@link #UNKNOWN_REVISION} if that server does not say, or the session has just broken
   * @param pullIntervalMillis how often its agent asks for changes; 0: they are pushed
   */
  record MemberStatus(String server, long appliedRevision, long pullIntervalMillis) {
    /** A server does not say. */
    public static final long UNKNOWN_REVISION = -1;
  }
}
