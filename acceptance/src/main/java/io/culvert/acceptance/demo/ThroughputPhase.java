package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Iperf;

/** One TCP stream between two nodes through the tunnel, beside one outside it on the same path. */
final class ThroughputPhase implements Phase {
  private static final int SECONDS = 4;

  @Override
  public String title() {
    return "iperf3: one TCP stream";
  }

  @Override
  public void run(DemoWorld world, Findings findings) {
    String inside = world.agent(DemoNode.PUB).virtualAddresses(DemoWorld.VPN).getFirst();
    try (Iperf iperf = Iperf.serve(world.host(DemoNode.PUB))) {
      double outside =
          iperf.gigabitsPerSecond(world.host(DemoNode.P1), DemoNode.PUB.ownAddress(), SECONDS);
      double tunnel = iperf.gigabitsPerSecond(world.host(DemoNode.P1), inside, SECONDS);
      findings.require(tunnel > 0, "nothing came through the tunnel");
      findings.figure("outside_gbit_per_s", outside);
      findings.figure("tunnel_gbit_per_s", tunnel);
      findings.note(
          "p1 to pub: %.2f Gbit/s through the tunnel, %.2f Gbit/s outside it"
              .formatted(tunnel, outside));
    }
  }
}
