package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.keys.NodeKeyPair;
import io.culvert.agent.testnet.PacketRouter;
import io.culvert.protocol.v1.Snapshot;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a whole view that is older than the one that is known. */
class OlderViewsTest {
  private static final String VPN = "acme/vpn1";

  private final MemoryDataPlane dataPlane = new MemoryDataPlane(new PacketRouter(1), 1);
  private final SpiTags tags = new SpiTags();
  private final Views views =
      new Views(NodeKeyPair.generate(), tags, dataPlane, InstantSource.system(), problem -> {});

  @BeforeEach
  void knowRevisionFive() {
    tags.choose(VPN);
    assertThat(views.take(revision(5))).isPresent();
  }

  @AfterEach
  void close() {
    dataPlane.close();
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
