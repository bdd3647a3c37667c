package io.culvert.server.agentgateway;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How agents are served.
 *
 * @param listen address and TCP port of the agent gateway; port 0 lets the kernel choose
 * @param advertised {@code host:port} of the agent gateways, as tokens and replies name them
 * @param presenceGrace how long a node whose session broke, or whose server left, stays online in
 *     all views
 * @param drainDelay within which agents are spread when they are told to move
 * @param logonsPerSecond how many logons a second this server takes, at least 1
 * @param ticketLifetime for how long an agent may come back without its credentials being checked
 * @param rebalanceInterval how often the number of agents is compared with the other servers'
 * @param maxFrameBytes the largest frame accepted from an agent
 */
public record GatewaySettings(
    InetSocketAddress listen,
    List<String> advertised,
    Duration presenceGrace,
    Duration drainDelay,
    int logonsPerSecond,
    Duration ticketLifetime,
    Duration rebalanceInterval,
    int maxFrameBytes) {
  /** Copies the list. */
  public GatewaySettings {
    advertised = List.copyOf(advertised);
  }
}
