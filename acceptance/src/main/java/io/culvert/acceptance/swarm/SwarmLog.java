package io.culvert.acceptance.swarm;

import io.culvert.agent.view.VpnReplica;

/** Told all that agents of a swarm go through, on the control threads. */
interface SwarmLog {
  /** Keeps nothing. */
  SwarmLog NONE =
      new SwarmLog() {
        @Override
        public void onState(String agent, int life, String state, String server, long micros) {}

        @Override
        public void onView(String agent, int life, VpnReplica replica, long micros) {}
      };

  /**
   * An agent is in another state.
   *
   * @param agent {@code organization/name}
   * @param state in lower case
   * @param life which start of the agent, from 1
   * @param server the address of the server that was used last
   * @param micros since the epoch
   */
  void onState(String agent, int life, String state, String server, long micros);

  /** An agent has another view of a VPN. */
  void onView(String agent, int life, VpnReplica replica, long micros);
}
