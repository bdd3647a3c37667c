package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.AgentProgram;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.Blockade;
import io.culvert.acceptance.lab.ContinuousPing;
import io.culvert.acceptance.lab.Ping;
import java.time.Duration;

/**
 * Removes a node that cannot be told: its NAT drops what it and the server say to each other. So it
 * goes on using its keys, and what refuses it are its peers.
 */
final class RemovalPhase implements Phase {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Override
  public String title() {
    return "node removed, its peers refuse it";
  }

  @Override
  public void run(DemoWorld world, Findings findings) {
    AgentProgram peer = world.agent(DemoNode.PUB);
    String target = peer.virtualAddresses(DemoWorld.VPN).getFirst();
    try (var _ = Blockade.of(world.lab().host("nat"), "tcp dport 443", "tcp sport 443");
        ContinuousPing ping =
            ContinuousPing.start(world.host(DemoNode.N1), target, "ping-removed")) {
      Administrator.Change change =
          world.administrator().remove(DemoWorld.VPN, DemoNode.N1.nodeId());
      Propagation.report(world, findings, change, DemoNode.PUB, DemoNode.P1);
      int answered = ping.report().answered();
      long refused = peer.refusedPackets();
      Await.until(
          "pub to refuse what n1 still sends", LIMIT, () -> peer.refusedPackets() >= refused + 5);
      findings.require(
          ping.stop().answered() <= answered + 1, "n1 still had answers after its removal");
      findings.note("n1, cut off from the server, went on sending: pub refused its packets");
    }
    world.agent(DemoNode.N1).awaitLeft(DemoWorld.VPN, LIMIT);
    findings.require(
        !Ping.answered(world.host(DemoNode.PUB), "10.11.0.2"), "a private address was reached");
    findings.note("back in reach of the server, n1 learned that it has left and dropped its keys");
  }
}
