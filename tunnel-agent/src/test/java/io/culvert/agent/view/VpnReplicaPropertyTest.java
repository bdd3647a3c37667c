package io.culvert.agent.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Update;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * A feed that loses frames, against an agent that asks for the whole view at each gap: the agent's
 * view is always one that the feed once had, and the feed's own after each snapshot.
 */
class VpnReplicaPropertyTest {
  /** What happens at the server; {@code lost}: the frame never arrives. */
  record Change(int node, boolean remove, boolean online, boolean lost) {}

  /** The feed, naively: a map, and every state it ever had. */
  private static final class Feed {
    private final Map<String, PeerView> peers = new HashMap<>();
    private final List<Map<String, PeerView>> history = new ArrayList<>(List.of(Map.of()));

    long sequence() {
      return history.size();
    }

    Update change(Change change) {
      String node = "acme/n" + change.node;
      Update.Builder update = Update.newBuilder().setVpnId("acme/vpn1").setFeedIncarnation(9);
      if (change.remove) {
        peers.remove(node);
        update.addRemovedNodeIds(node);
      } else {
        PeerView.Builder peer = Views.offline(Views.member(node, 1, change.node + 2)).toBuilder();
        PeerView view = peer.setOnline(change.online).build();
        peers.put(node, view);
        update.addChanged(view).addPairSecrets(Views.secret(node, 1));
      }
      history.add(Map.copyOf(peers));
      return update.setSequence(sequence()).setRevision(sequence()).build();
    }

    Snapshot snapshot() {
      Snapshot.Builder snapshot = Views.snapshot(1).setSequence(sequence()).setRevision(sequence());
      peers
          .values()
          .forEach(
              peer ->
                  snapshot
                      .addPeers(peer)
                      .addPairSecrets(Views.secret(peer.getMembership().getNodeId(), 1)));
      return snapshot.build();
    }
  }

  @Property(tries = 300)
  void neverHasAViewThatTheFeedNeverHad(@ForAll("changes") List<Change> changes) {
    Feed feed = new Feed();
    VpnReplica replica = VpnReplica.of(feed.snapshot(), null);
    for (Change change : changes) {
      Update update = feed.change(change);
      if (change.lost) {
        continue;
      }
      boolean follows = replica.sequence() + 1 == update.getSequence();
      Optional<VpnReplica> next = replica.apply(update);
      assertThat(next.isPresent()).isEqualTo(follows);
      VpnReplica former = replica;
      replica = next.orElseGet(() -> VpnReplica.of(feed.snapshot(), former));
      assertThat(replica.peers()).isEqualTo(feed.peers);
      assertThat(replica.secrets()).containsOnlyKeys(feed.peers.keySet());
      assertThat(replica.peers())
          .isEqualTo(feed.history.get(Math.toIntExact(replica.sequence()) - 1));
    }
  }

  @Provide
  Arbitrary<List<Change>> changes() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 5),
            Arbitraries.of(true, false, false),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false, false, false))
        .as(Change::new)
        .list()
        .ofMaxSize(40);
  }
}
