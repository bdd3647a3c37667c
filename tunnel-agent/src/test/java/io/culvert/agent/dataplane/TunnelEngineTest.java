package io.culvert.agent.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Whole engines with their threads, in memory. */
class TunnelEngineTest {
  private final MemoryNetwork network = new MemoryNetwork(1);
  private final Node a = new Node(1, network, true);
  private final Node b = new Node(2, network, true);

  @Test
  void carriesPacketsBothWaysAndLearnsWhereThePeerIs() {
    try (TunnelEngine left = TunnelEngine.start(a.tun, a.socket, EngineSettings.defaults());
        TunnelEngine right = TunnelEngine.start(b.tun, b.socket, EngineSettings.defaults())) {
      left.configure(new TunnelConfiguration(List.of(a.peer(b, 1))));
      right.configure(new TunnelConfiguration(List.of(b.peer(a, 1))));

      byte[] there = Packets.udp(a.ipv4, b.ipv4, new byte[] {1, 2, 3});
      byte[] back = Packets.udp(b.ipv6, a.ipv6, new byte[] {4, 5});
      a.tun.kernelSends(Packets.frame(there));
      b.tun.kernelSends(Packets.frame(back));

      await(() -> b.tun.written.size() == 1 && a.tun.written.size() == 1);
      assertThat(Packets.packetOf(b.tun.written.getFirst())).isEqualTo(there);
      assertThat(Packets.packetOf(a.tun.written.getFirst())).isEqualTo(back);
      await(() -> b.external.equals(left.statistics().peers().getFirst().endpoint()));
      assertThat(left.statistics().running()).isTrue();
    }
  }

  @Test
  void refusesARemovedPeerFromTheMomentConfigureReturns() {
    try (TunnelEngine left = TunnelEngine.start(a.tun, a.socket, EngineSettings.defaults());
        TunnelEngine right = TunnelEngine.start(b.tun, b.socket, EngineSettings.defaults())) {
      left.configure(new TunnelConfiguration(List.of(a.peer(b, 1))));
      right.configure(new TunnelConfiguration(List.of(b.peer(a, 1))));
      await(() -> left.statistics().peers().getFirst().endpoint() != null);

      right.configure(TunnelConfiguration.EMPTY);
      a.tun.kernelSends(Packets.frame(Packets.udp(a.ipv4, b.ipv4, new byte[9])));

      await(() -> drops(right, DropReason.UNKNOWN_SPI) > 0);
      assertThat(b.tun.written).isEmpty();
      assertThat(right.statistics().peers()).isEmpty();
    }
  }

  private static long drops(TunnelEngine engine, DropReason reason) {
    return engine.statistics().drops().getOrDefault(reason, 0L);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 5_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
