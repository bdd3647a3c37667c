package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.ContinuousPing;
import io.culvert.acceptance.lab.PingReport;
import java.time.Duration;

/** Changes the VPN's cipher at the server while a ping runs: the tunnels rekey, no ping is lost. */
final class CipherPhase implements Phase {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int PINGS_BEFORE = 5;
  private static final int PINGS_AFTER = 20;

  @Override
  public String title() {
    return "cipher changed at the server";
  }

  @Override
  public void run(DemoWorld world, Findings findings) {
    String target = world.agent(DemoNode.PUB).virtualAddresses(DemoWorld.VPN).getFirst();
    try (ContinuousPing ping =
        ContinuousPing.start(world.host(DemoNode.P1), target, "ping-cipher")) {
      ping.awaitMoreAnswers(PINGS_BEFORE, LIMIT);
      Administrator.Change change = world.administrator().setCipher(DemoWorld.VPN, "aes-128-gcm");
      Propagation.report(world, findings, change, DemoNode.values());
      for (DemoNode node : DemoNode.values()) {
        world.agent(node).awaitTransform(DemoWorld.VPN, "AES_128_GCM_16", LIMIT);
      }
      ping.awaitMoreAnswers(PINGS_AFTER, LIMIT);
      PingReport report = ping.stop();
      findings.require(report.complete(), "the ping did not run on: %s".formatted(report));
      findings.note("rekeyed to AES-128-GCM; ping meanwhile: %s".formatted(report));
    }
  }
}
