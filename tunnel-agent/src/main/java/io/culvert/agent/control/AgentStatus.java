package io.culvert.agent.control;

import io.culvert.agent.view.VpnReplica;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A picture of the agent. Immutable.
 *
 * @param nodeId {@code organization/name}
 * @param state where it is in figure 2
 * @param since when it came into this state, by this computer's clock
 * @param server the address of the server that was used last; empty at first
 * @param links how often it has become linked since it was started
 * @param lastError why it is not linked, as a sentence; empty if it is
 * @param replicas what it knows of its VPNs
 * @param applied what the engine has taken, by VPN
 * @param pullInterval how often it asks for changes; zero: they are pushed
 * @param pulledAt when it was last told that it has all changes, by this computer's clock; null
 *     before that, and if changes are pushed
 */
public record AgentStatus(
    String nodeId,
    AgentState state,
    Instant since,
    String server,
    int links,
    String lastError,
    List<VpnReplica> replicas,
    Map<String, AppliedRevision> applied,
    Duration pullInterval,
    @Nullable Instant pulledAt) {
  /** Copies the collections. */
  public AgentStatus {
    replicas = List.copyOf(replicas);
    applied = Map.copyOf(applied);
  }

  /** A revision, and when the engine had taken it, by this computer's clock. */
  public record AppliedRevision(long revision, Instant at) {}
}
