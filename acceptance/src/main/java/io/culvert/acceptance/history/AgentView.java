package io.culvert.acceptance.history;

import java.util.Map;

/**
 * One agent's view of one VPN.
 *
 * @param agent whose
 * @param state where the agent is in the seed's figure 2, in lower case
 * @param own its own place
 * @param peers the others by node id
 */
public record AgentView(
    String agent,
    String state,
    String vpn,
    long revision,
    PeerSeen own,
    Map<String, PeerSeen> peers) {}
