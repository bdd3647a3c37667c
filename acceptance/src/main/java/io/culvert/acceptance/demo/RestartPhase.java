package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.ContinuousPing;
import io.culvert.acceptance.lab.Ping;
import io.culvert.acceptance.lab.PingReport;
import java.time.Duration;

/**
 * Kills the server while a ping runs through the tunnel, starts it again, and makes a change: what
 * was acknowledged is still there, and the agents have come back by themselves.
 */
final class RestartPhase implements Phase {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int PINGS_AFTER = 20;

  @Override
  public String title() {
    return "server killed (kill -9) and restarted";
  }

  @Override
  public void run(DemoWorld world, Findings findings) {
    String target = world.agent(DemoNode.PUB).virtualAddresses(DemoWorld.VPN).getFirst();
    try (ContinuousPing ping =
        ContinuousPing.start(world.host(DemoNode.P1), target, "ping-restart")) {
      world.server().kill();
      ping.awaitMoreAnswers(PINGS_AFTER, LIMIT);
      long begunNanos = System.nanoTime();
      world.server().restart();
      for (DemoNode node : DemoNode.values()) {
        world.agent(node).awaitLinkedAgain();
      }
      findings.note(
          "server and all agents back after %.1f s"
              .formatted((System.nanoTime() - begunNanos) / 1e9));
      ping.awaitMoreAnswers(PINGS_AFTER, LIMIT);
      PingReport report = ping.stop();
      findings.require(report.complete(), "the ping did not run on: %s".formatted(report));
      admitAgain(world, findings);
      findings.note("ping from the kill to the end: %s".formatted(report));
    }
  }

  /** The removed node is still out, and a change made by the new process arrives. */
  private static void admitAgain(DemoWorld world, Findings findings) {
    Administrator.Change change = world.administrator().admit(DemoWorld.VPN, DemoNode.N1.nodeId());
    Propagation.report(world, findings, change, DemoNode.values());
    String target = world.agent(DemoNode.PUB).virtualAddresses(DemoWorld.VPN).getFirst();
    findings.require(
        Ping.five(world.host(DemoNode.N1), target).answered() > 0,
        "n1 was admitted again and does not reach pub");
    findings.note("n1, still removed, was admitted again and reaches its peers");
  }
}
