package io.culvert.acceptance.lab;

/** Brings a host into VPNs: the whole way from nothing to linked. */
public final class Members {
  private Members() {}

  /**
   * Makes a node named as the host, admits it to the VPNs, and starts its agent.
   *
   * @return the agent, linked
   */
  public static AgentProgram join(
      Administrator administrator, LabHost host, String organization, String... vpns) {
    AgentProgram agent = start(administrator, host, organization, vpns);
    var _ = agent.awaitLinked();
    return agent;
  }

  /** As {@link #join}, but the agent is only on its way to be linked. */
  public static AgentProgram start(
      Administrator administrator, LabHost host, String organization, String... vpns) {
    AgentProgram agent = enrollable(administrator, host, organization);
    for (String vpn : vpns) {
      var _ = administrator.admit(vpn, agent.nodeId());
    }
    agent.up();
    return agent;
  }

  /** Makes a node named as the host, and an agent that has its token and does not run yet. */
  public static AgentProgram enrollable(
      Administrator administrator, LabHost host, String organization) {
    AgentProgram agent = new AgentProgram(host, organization + "/" + host.name());
    administrator.createNode(agent.nodeId());
    agent.useToken(administrator.issueToken(agent.nodeId()));
    return agent;
  }
}
