package io.culvert.agent.control;

import java.util.Locale;

/** Where the agent is in the seed's figure 2. */
public enum AgentState {
  /** No server answers, or none was asked yet. */
  OFFLINE,
  /** A server has welcomed the agent (104). */
  CONNECTED,
  /** The logon was accepted (108). */
  AUTHENTICATED,
  /** Views are coming (110). */
  SYNCHRONIZING,
  /** All views are applied; changes come as they happen (114). */
  LINKED,
  /** Another agent logged on as this node; this one stays away. */
  DISPLACED,
  /** The node was suspended or deleted. */
  REVOKED;

  /** As in {@code status --json}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
