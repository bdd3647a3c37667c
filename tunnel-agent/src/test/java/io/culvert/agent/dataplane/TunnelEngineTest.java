package io.culvert.agent.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.testnet.PacketRouter;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Whole engines with their threads, in memory. */
class TunnelEngineTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final PacketRouter router = new PacketRouter(1);
  private final Node a = Node.open(1, router);
  private final Node b = Node.open(2, router);

  @Test
  void carriesPacketsBothWaysAndLearnsWhereThePeerIs() {
    try (TunnelEngine left = TunnelEngine.start(a.tun, a.transport, EngineSettings.defaults());
        TunnelEngine right = TunnelEngine.start(b.tun, b.transport, EngineSettings.defaults())) {
      left.configure(a.knowing(b, 1));
      right.configure(b.knowing(a, 1));

      byte[] there = Packets.udp(a.ipv4, b.ipv4, new byte[] {1, 2, 3});
      byte[] back = Packets.udp(b.ipv6, a.ipv6, new byte[] {4, 5});
      a.tun.inject(there);
      b.tun.inject(back);

      assertThat(b.tun.takePacket(PATIENCE)).isEqualTo(there);
      assertThat(a.tun.takePacket(PATIENCE)).isEqualTo(back);
      await(() -> b.endpoint().equals(left.statistics().peers().getFirst().endpoint()));
      assertThat(left.statistics().running()).isTrue();
    }
  }

  @Test
  void refusesARemovedPeerFromTheMomentConfigureReturns() {
    try (TunnelEngine left = TunnelEngine.start(a.tun, a.transport, EngineSettings.defaults());
        TunnelEngine right = TunnelEngine.start(b.tun, b.transport, EngineSettings.defaults())) {
      left.configure(a.knowing(b, 1));
      right.configure(b.knowing(a, 1));
      await(() -> left.statistics().peers().getFirst().endpoint() != null);

      right.configure(TunnelConfiguration.EMPTY);
      a.tun.inject(Packets.udp(a.ipv4, b.ipv4, new byte[9]));

      await(() -> drops(right, DropReason.UNKNOWN_SPI) > 0);
      assertThat(b.tun.pollFrame()).isNull();
      assertThat(right.statistics().peers()).isEmpty();
    }
  }

  private static long drops(TunnelEngine engine, DropReason reason) {
    return engine.statistics().drops().getOrDefault(reason, 0L);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
