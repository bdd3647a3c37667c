package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.AgentProgram;

/** The agents enrol and log on; the states are those of the seed's figure 2. */
final class LogonPhase implements Phase {
  @Override
  public String title() {
    return "agents: from start to linked";
  }

  @Override
  public void run(DemoWorld world, Findings findings) {
    world.startCapture();
    long slowest = 0;
    for (DemoNode node : DemoNode.values()) {
      AgentProgram agent = world.agent(node);
      agent.up();
      AgentProgram.Milestones reached = agent.awaitLinked();
      findings.note("%-4s %s".formatted(node.host(), reached));
      findings.figure(node.host() + "_linked_ms", (double) reached.linkedMillis());
      slowest = Math.max(slowest, reached.linkedMillis());
    }
    findings.note("the slowest was linked %d ms after its start".formatted(slowest));
  }
}
