package io.culvert.agent.metrics;

import io.culvert.agent.dataplane.DropReason;
import io.culvert.agent.dataplane.EngineStatistics;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.tun.TunOffloads;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What an engine with two peers has counted; of the second nothing was ever heard. */
final class Pictures {
  private Pictures() {}

  static EngineStatistics picture() {
    Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    for (DropReason reason : DropReason.values()) {
      drops.put(reason, 0L);
    }
    drops.put(DropReason.UNKNOWN_SPI, 4L);
    return new EngineStatistics(
        List.of(
            new EngineStatistics.Peer(
                "acme/vpn1",
                "acme/p1",
                Endpoint.of(new byte[] {(byte) 198, 18, 12, 2}, 4500),
                "ab",
                EspTransform.AES_256_GCM_16,
                1,
                2,
                3,
                4,
                5_000_000,
                125_000_000_000L,
                false,
                false),
            new EngineStatistics.Peer(
                "acme/vpn1", "acme/p2", null, null, null, 0, 0, 0, 0, -1, -1, false, false)),
        drops,
        new EngineStatistics.Worker(7, 700, 6, 10, 4, 0),
        new EngineStatistics.Worker(70, 7000, 60, 100, 40, 0),
        "JDK",
        new EngineStatistics.Offloads(new TunOffloads(true, true, true, false), false),
        true);
  }
}
