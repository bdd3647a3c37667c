package io.culvert.agent.dataplane;

import io.culvert.agent.capture.CaptureTap;
import io.culvert.agent.esp.AeadChoice;
import io.culvert.agent.sad.SaLimits;
import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.tun.TunDevice;
import org.jspecify.annotations.Nullable;

/** An engine without threads: the test is both workers, and time is what the test says. */
final class SteppedEngine {
  private final EngineCore core;
  private final long[] now;

  SteppedEngine(Node node, long[] now) {
    this(node.tun, node.transport, now, AeadChoice.jdk(), SaLimits.AES_GCM);
  }

  SteppedEngine(
      TunDevice tun, DatagramTransport transport, long[] now, AeadChoice aead, SaLimits limits) {
    EngineSettings defaults = EngineSettings.defaults();
    EngineSettings settings =
        new EngineSettings(
            defaults.aead(),
            defaults.keepalive(),
            defaults.suspectAfter(),
            defaults.firstProbe(),
            defaults.lastProbe(),
            defaults.rekeyGrace(),
            () -> now[0]);
    core = new EngineCore(tun, transport, settings, aead, transform -> limits);
    this.now = now;
  }

  void configure(TunnelConfiguration configuration) {
    core.configure(configuration);
  }

  void tap(@Nullable CaptureTap tap) {
    core.tap(tap);
  }

  /** One duty cycle of each worker; returns how much there was to do. */
  int step() {
    return core.inbound().doWork(now[0]) + core.outbound().doWork(now[0]);
  }

  long drops(DropReason reason) {
    return statistics().drops().getOrDefault(reason, 0L);
  }

  long allDrops() {
    return statistics().drops().values().stream().mapToLong(Long::longValue).sum();
  }

  EngineStatistics statistics() {
    return core.statistics(0, 0, true);
  }

  EngineStatistics.Peer peer() {
    return statistics().peers().getFirst();
  }
}
