package io.culvert.agent.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.culvert.agent.dataplane.TunnelConfiguration.PairSecurityAssociations;
import io.culvert.agent.esp.AeadChoice;
import io.culvert.agent.esp.KeyMaterial;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.sad.SaLimits;
import io.culvert.agent.sad.SecurityAssociationRegistry;
import io.culvert.agent.testnet.PacketRouter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When keys are derived, and what becomes of a configuration whose keys are not as they should. */
class PeerRegistryTest {
  @RegisterExtension final PacketRouter router = new PacketRouter(1);
  private final Node self = Node.open(1, router);
  private final Node first = Node.open(2, router);
  private final Node second = Node.open(3, router);
  private final PeerRegistry registry =
      new PeerRegistry(new SecurityAssociationRegistry(AeadChoice.jdk(), SaLimits::of));
  private final List<KeyMaterialPair> derived = new ArrayList<>();

  @Test
  void derivesTheKeysOfAnIdentityOnce() {
    registry.apply(configuration(keyed(first, 1)));
    registry.apply(configuration(keyed(first, 1), keyed(second, 1)));
    registry.apply(configuration(keyed(second, 1), keyed(first, 1)));
    assertThat(derived).hasSize(2);
  }

  @Test
  void derivesThemAgainAfterTheIdentityWasDropped() {
    registry.apply(configuration(keyed(first, 1)));
    registry.apply(TunnelConfiguration.EMPTY);
    registry.destroyReleased();
    registry.apply(configuration(keyed(first, 1)));
    assertThat(derived).hasSize(2);
  }

  @Test
  void destroysWhatItHasReadTheKeysFrom() {
    registry.apply(configuration(keyed(first, 1)));
    assertThatIllegalStateException().isThrownBy(() -> derived.getFirst().outbound().copy());
    assertThatIllegalStateException().isThrownBy(() -> derived.getFirst().inbound().copy());
  }

  @Test
  void aKeyOfAnotherLengthChangesNothing() {
    registry.apply(configuration(keyed(first, 1)));
    KeyMaterialPair shortened =
        new KeyMaterialPair(Node.key(self, second, 1), KeyMaterial.adopt(new byte[16]));
    TunnelConfiguration bad =
        configuration(keyed(first, 2), peer(second, self.pair(second, 1), shortened));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> registry.apply(bad))
        .withMessageContaining("org/node3");

    assertThat(identities()).containsExactly(self.pair(first, 1).identity());
    derived.forEach(
        keys -> assertThatIllegalStateException().isThrownBy(() -> keys.inbound().copy()));
  }

  @Test
  void aPeerOfWhichNoKeysCanBeDerivedHasNone() {
    registry.apply(configuration(keyed(first, 1), keyed(second, 1)));
    registry.apply(configuration(keyed(first, 1), peer(second, self.pair(second, 2), null)));
    assertThat(identities()).containsExactly(self.pair(first, 1).identity(), null);
  }

  private List<@Nullable String> identities() {
    List<@Nullable String> identities = new ArrayList<>();
    for (PeerPolicy peer : registry.snapshot().peers()) {
      var newest = peer.newest();
      identities.add(newest == null ? null : newest.identity());
    }
    return identities;
  }

  private static TunnelConfiguration configuration(TunnelConfiguration.Peer... peers) {
    return new TunnelConfiguration(List.of(peers));
  }

  private TunnelConfiguration.Peer keyed(Node other, int epoch) {
    PairSecurityAssociations pair = self.pair(other, epoch);
    return peer(other, pair, Objects.requireNonNull(pair.keys().derive()));
  }

  private TunnelConfiguration.Peer peer(
      Node other, PairSecurityAssociations pair, @Nullable KeyMaterialPair keys) {
    PairSecurityAssociations counted =
        new PairSecurityAssociations(
            pair.identity(),
            pair.transform(),
            pair.outboundSpiInt(),
            pair.inboundSpiInt(),
            () -> {
              if (keys != null) {
                derived.add(keys);
              }
              return keys;
            });
    return self.knowing(other, counted, List.of()).peers().getFirst();
  }
}
