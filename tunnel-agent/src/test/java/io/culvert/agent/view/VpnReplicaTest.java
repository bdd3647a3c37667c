package io.culvert.agent.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Update;
import org.junit.jupiter.api.Test;

class VpnReplicaTest {
  private static final byte[] KEY = new byte[32];
  private static final PeerView ONLINE = Views.online(Views.member("acme/peer", 1, 2), KEY);
  private static final PeerView UNKNOWN =
      Views.offline(Views.member("acme/peer", 1, 2)).toBuilder().setPresenceUnknown(true).build();
  private static final VpnReplica KNOWN = VpnReplica.of(with(ONLINE).build(), null);

  private static Snapshot.Builder with(PeerView peer) {
    return Views.snapshot(1).addPeers(peer).addPairSecrets(Views.secret("acme/peer", 1));
  }

  private static Update.Builder next() {
    return Update.newBuilder()
        .setVpnId("acme/vpn1")
        .setFeedIncarnation(9)
        .setSequence(2)
        .setRevision(2);
  }

  @Test
  void passesOverTheOwnNode() {
    PeerView self = Views.online(Views.member("acme/own", 1, 1), KEY);
    VpnReplica replica = VpnReplica.of(with(ONLINE).addPeers(self).build(), null);
    assertThat(replica.peers()).containsOnlyKeys("acme/peer");
    assertThat(replica.own()).isEqualTo(self);
  }

  @Test
  void keepsThePresenceOfTheSameMembershipWhileTheServerDoesNotKnow() {
    VpnReplica replica = VpnReplica.of(with(UNKNOWN).setFeedIncarnation(10).build(), KNOWN);
    assertThat(replica.peers().get("acme/peer")).isEqualTo(ONLINE);
  }

  @Test
  void keepsThePresenceThroughAnUpdateToo() {
    VpnReplica replica = KNOWN.apply(next().addChanged(UNKNOWN).build()).orElseThrow();
    assertThat(replica.peers().get("acme/peer")).isEqualTo(ONLINE);
  }

  @Test
  void knowsHowOldTheLastFrameSaidItIs() {
    VpnReplica stale = VpnReplica.of(with(ONLINE).setStaleMs(4_000).build(), null);
    assertThat(stale.staleMillis()).isEqualTo(4_000);
    VpnReplica older = stale.apply(next().setStaleMs(6_000).build()).orElseThrow();
    assertThat(older.staleMillis()).isEqualTo(6_000);
    VpnReplica current = older.apply(next().setSequence(3).build()).orElseThrow();
    assertThat(current.staleMillis()).isZero();
    assertThat(current.peers()).isEqualTo(stale.peers());
  }

  @Test
  void takesNoPresenceOverToANewMembershipOfTheSameNode() {
    PeerView readmitted =
        UNKNOWN.toBuilder()
            .setMembership(UNKNOWN.getMembership().toBuilder().setAdmittedRevision(77))
            .build();
    VpnReplica replica = VpnReplica.of(with(readmitted).build(), KNOWN);
    assertThat(replica.peers().get("acme/peer")).isEqualTo(readmitted);
  }

  @Test
  void believesTheServerThatAPeerIsOffline() {
    PeerView offline = Views.offline(ONLINE.getMembership());
    VpnReplica replica = VpnReplica.of(with(offline).build(), KNOWN);
    assertThat(replica.peers().get("acme/peer")).isEqualTo(offline);
  }

  @Test
  void seesAGapInTheSequence() {
    assertThat(KNOWN.apply(next().setSequence(3).build())).isEmpty();
  }

  @Test
  void seesARepeatedUpdateAsAGap() {
    assertThat(KNOWN.apply(next().setSequence(1).build())).isEmpty();
  }

  @Test
  void seesAnotherFeedAsAGap() {
    assertThat(KNOWN.apply(next().setFeedIncarnation(10).build())).isEmpty();
  }

  @Test
  void keepsWhatAnUpdateDoesNotName() {
    VpnReplica replica = KNOWN.apply(next().build()).orElseThrow();
    assertThat(replica.vpn()).isEqualTo(KNOWN.vpn());
    assertThat(replica.self()).isEqualTo(KNOWN.self());
    assertThat(replica.peers()).isEqualTo(KNOWN.peers());
    assertThat(replica.secrets()).isEqualTo(KNOWN.secrets());
    assertThat(replica.revision()).isEqualTo(2);
  }

  @Test
  void forgetsThePeerAndItsSecretTogether() {
    VpnReplica replica = KNOWN.apply(next().addRemovedNodeIds("acme/peer").build()).orElseThrow();
    assertThat(replica.peers()).isEmpty();
    assertThat(replica.secrets()).isEmpty();
  }

  @Test
  void isImmutable() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> KNOWN.peers().clear());
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> KNOWN.secrets().clear());
  }

  @Test
  void showsNoSecret() {
    assertThat(KNOWN).hasToString("VpnReplica[acme/vpn1, revision=1, peers=1]");
  }
}
