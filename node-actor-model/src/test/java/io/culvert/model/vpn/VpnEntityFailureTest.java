package io.culvert.model.vpn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.HandClock;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.vpn.VpnProtocol.Changed;
import io.culvert.model.vpn.VpnProtocol.FeedMessage;
import io.culvert.model.vpn.VpnProtocol.Reply;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A Vpn entity whose journal fails. */
class VpnEntityFailureTest {
  private static final ActorTestKit ACTORS =
      ActorTestKit.create(EventSourcedBehaviorTestKit.config());
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final VpnId VPN = new VpnId("acme", "failing");
  private static final NodeId BERLIN = new NodeId("acme", "berlin");
  private static final VpnSettings SETTINGS =
      new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, "10.0.0.0/24", "fd00:1::/64");

  private final PersistenceTestKit journal = PersistenceTestKit.create(ACTORS.system());
  private final TestProbe<NodeProtocol.Command> nodes = ACTORS.createTestProbe();
  private final TestProbe<FeedMessage> feed = ACTORS.createTestProbe();
  private final TestProbe<Reply> replies = ACTORS.createTestProbe();

  @AfterAll
  static void shutDown() {
    ACTORS.shutdownTestKit();
  }

  @Test
  void startsAgainAfterAFailedWriteAndStillServesFeedsAndNodes() {
    ActorRef<VpnProtocol.Command> vpn =
        ACTORS.spawn(VpnEntity.create(VPN, node -> nodes.getRef(), new HandClock()));
    vpn.tell(new VpnProtocol.CreateVpn("r-1", SETTINGS, replies.getRef()));
    replies.expectMessage(new Changed(1));
    vpn.tell(new VpnProtocol.Subscribe(feed.getRef(), 1));
    feed.expectMessage(new VpnProtocol.UpToDate(VPN, 1));
    vpn.tell(new VpnProtocol.AdmitNode("r-2", BERLIN, Role.SPOKE, replies.getRef()));
    replies.expectMessage(new Changed(2));
    feed.expectMessageClass(VpnProtocol.Revised.class);
    nodes.expectMessageClass(NodeProtocol.RecordMembership.class);

    journal.failNextPersisted("vpn|acme/failing");
    vpn.tell(new VpnProtocol.RenewSecret("r-3", replies.getRef()));
    // Recovery tells the pending node, and so does the timer after it.
    nodes.expectMessageClass(NodeProtocol.RecordMembership.class, PATIENCE);
    nodes.expectMessageClass(NodeProtocol.RecordMembership.class, PATIENCE);

    vpn.tell(new VpnProtocol.RenewSecret("r-3", replies.getRef()));
    replies.expectMessage(new Changed(3));
    assertThat(feed.expectMessageClass(VpnProtocol.Revised.class).fromRevision()).isEqualTo(2);
    assertThat(journal.persistedInStorage("vpn|acme/failing")).hasSize(3);
  }
}
