package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Administrator;
import java.time.Duration;

/** How long a change took from the server's acceptance to the agents that had to apply it. */
final class Propagation {
  private Propagation() {}

  /** Waits for each agent and notes its time. */
  static void report(
      DemoWorld world, Findings findings, Administrator.Change change, DemoNode... nodes) {
    StringBuilder times = new StringBuilder();
    for (DemoNode node : nodes) {
      Duration applied = world.agent(node).awaitApplied(DemoWorld.VPN, change);
      findings.figure(node.host() + "_applied_ms", applied.toNanos() / 1e6);
      times.append("  %s %.1f ms".formatted(node.host(), applied.toNanos() / 1e6));
    }
    findings.note("revision %d applied after%s".formatted(change.revision(), times));
  }
}
