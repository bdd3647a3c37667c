package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.dataplane.EngineStatistics;
import io.culvert.agent.keys.NodeKeyPair;
import io.culvert.agent.transport.Endpoint;
import io.culvert.protocol.v1.Snapshot;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a whole view that is older than the one that is known. */
class OlderViewsTest {
  private static final String VPN = "acme/vpn1";

  /** Takes everything. */
  private static final DataPlane NOTHING =
      new DataPlane() {
        @Override
        public void apply(TunnelPlan plan) {}

        @Override
        public int udpPort() {
          return 4500;
        }

        @Override
        public List<Endpoint> localEndpoints(Set<InetAddress> virtualAddresses) {
          return List.of();
        }

        @Override
        public boolean localEndpointsChanged() {
          return false;
        }

        @Override
        public EngineStatistics statistics() {
          throw new UnsupportedOperationException();
        }
      };

  private final SpiTags tags = new SpiTags();
  private final Views views =
      new Views(NodeKeyPair.generate(), tags, NOTHING, InstantSource.system(), problem -> {});

  @BeforeEach
  void knowRevisionFive() {
    tags.choose(VPN);
    assertThat(views.take(revision(5))).isPresent();
  }

  private static Snapshot revision(long revision) {
    return io.culvert.agent.view.Views.snapshot(1)
        .setFeedIncarnation(revision)
        .setRevision(revision)
        .build();
  }

  @Test
  void isNotTakenUntilTheServerHasCaughtUp() {
    assertThat(views.take(revision(4))).isEmpty();
    assertThat(views.of(VPN).revision()).isEqualTo(5);

    assertThat(views.take(revision(5))).isPresent();
    assertThat(views.take(revision(6))).isPresent();
    assertThat(views.of(VPN).revision()).isEqualTo(6);
  }

  @Test
  void isTakenFromAServerThatIsBelievedAndFromNoOther() {
    views.believe(VPN);
    assertThat(views.take(revision(3))).isPresent();
    assertThat(views.of(VPN).revision()).isEqualTo(3);

    views.awaitNone();
    assertThat(views.take(revision(2))).isEmpty();
  }
}
