package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Ping;
import io.culvert.acceptance.lab.PingReport;

/**
 * A ping between every pair, both ways, over both IP versions. Each pair here has at least one node
 * with the recommended configuration (a routable address or a 1:1 NAT), so all must work.
 */
final class ReachabilityPhase implements Phase {
  @Override
  public String title() {
    return "ping between every pair, IPv4 and IPv6";
  }

  @Override
  public void run(DemoWorld world, Findings findings) {
    int pairs = 0;
    double slowest = 0;
    for (DemoNode from : DemoNode.values()) {
      for (DemoNode to : DemoNode.values()) {
        if (from != to) {
          slowest = Math.max(slowest, pingBoth(world, findings, from, to));
          pairs++;
        }
      }
    }
    findings.note("%d directions, no ping lost, slowest %.1f ms".formatted(pairs, slowest));
  }

  private static double pingBoth(DemoWorld world, Findings findings, DemoNode from, DemoNode to) {
    double slowest = 0;
    for (String address : world.agent(to).virtualAddresses(DemoWorld.VPN)) {
      PingReport report = Ping.five(world.host(from), address);
      findings.require(
          report.answered() == 5,
          "a ping from %s to %s (%s) was answered %d times of 5"
              .formatted(from.host(), to.host(), address, report.answered()));
      slowest = Math.max(slowest, report.slowestMillis());
    }
    findings.note(
        "%-4s to %-4s %s"
            .formatted(from.host(), to.host(), world.agent(to).virtualAddresses(DemoWorld.VPN)));
    return slowest;
  }
}
