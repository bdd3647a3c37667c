package io.culvert.agent.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import io.culvert.agent.dataplane.TunnelConfiguration;
import io.culvert.agent.dataplane.TunnelConfiguration.PairSecurityAssociations;
import io.culvert.agent.dataplane.TunnelConfiguration.Peer;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.keys.NodeKeyPair;
import io.culvert.agent.tun.InterfaceConfigurator.Address;
import io.culvert.agent.tun.InterfaceConfigurator.Route;
import io.culvert.protocol.v1.CipherSuite;
import io.culvert.protocol.v1.Endpoint;
import io.culvert.protocol.v1.Membership;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.Snapshot;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TunnelPlannerTest {
  private static final Membership PEER = Views.member("acme/peer", 1, 2);

  private final NodeKeyPair ownKey = NodeKeyPair.generate();
  private final NodeKeyPair peerKey = NodeKeyPair.generate();
  private final TunnelPlanner planner = new TunnelPlanner(ownKey, vpn -> 3);

  private PeerView online() {
    return Views.online(PEER, peerKey.publicKey());
  }

  private static Snapshot.Builder with(PeerView peer) {
    return Views.snapshot(1).addPeers(peer).addPairSecrets(Views.secret("acme/peer", 1));
  }

  private Peer plan(Snapshot.Builder snapshot) {
    TunnelConfiguration plan = planner.tunnels(List.of(VpnReplica.of(snapshot.build(), null)));
    assertThat(plan.peers()).hasSize(1);
    return plan.peers().getFirst();
  }

  @Test
  void givesAPeerThatIsOnlineItsKeysAddressesAndCandidates() {
    Endpoint candidate =
        Endpoint.newBuilder()
            .setAddress(ByteString.copyFrom(new byte[] {(byte) 198, 18, 0, 7}))
            .setPort(4500)
            .build();
    Peer peer = plan(with(online().toBuilder().addCandidates(candidate).build()));
    assertThat(peer.vpnId()).isEqualTo("acme/vpn1");
    assertThat(peer.localAddresses()).isEqualTo(literals("10.1.0.1", "fd00:1::1"));
    assertThat(peer.remoteAddresses()).isEqualTo(literals("10.1.0.2", "fd00:1::2"));
    assertThat(peer.candidates()).extracting(Object::toString).containsExactly("198.18.0.7:4500");
    assertThat(peer.keys()).isNotNull();
  }

  private static List<InetAddress> literals(String... addresses) {
    return List.of(addresses).stream().map(InetAddress::ofLiteral).toList();
  }

  @Test
  void derivesTheSameKeysAsThePeer() {
    PairSecurityAssociations own = Objects.requireNonNull(plan(with(online())).keys());
    TunnelPlanner other = new TunnelPlanner(peerKey, vpn -> 5);
    Snapshot mirrored =
        Views.snapshot(1)
            .setSelf(PEER)
            .addPeers(
                Views.online(Views.member("acme/own", 1, 1), ownKey.publicKey()).toBuilder()
                    .setSpiTag(3))
            .addPairSecrets(Views.secret("acme/peer", 1).toBuilder().setNodeId("acme/own"))
            .build();
    PairSecurityAssociations theirs =
        Objects.requireNonNull(
            other.tunnels(List.of(VpnReplica.of(mirrored, null))).peers().getFirst().keys());
    assertThat(theirs.identity()).isEqualTo(own.identity());
    assertThat(keys(theirs).inbound().copy()).isEqualTo(keys(own).outbound().copy());
    assertThat(theirs.inboundSpiInt()).isEqualTo(own.outboundSpiInt());
  }

  private static KeyMaterialPair keys(PairSecurityAssociations pair) {
    return Objects.requireNonNull(pair.keys().derive());
  }

  @Test
  void usesTheTransformOfTheVpn() {
    Snapshot.Builder snapshot =
        with(online()).setVpn(Views.vpn(1, 1).toBuilder().setCipherSuite(CipherSuite.AES_128_GCM));
    assertThat(Objects.requireNonNull(plan(snapshot).keys()).transform())
        .isEqualTo(EspTransform.AES_128_GCM_16);
  }

  @Test
  void knowsEveryCipherOfTheProtocolAndNoTransformServesTwo() {
    Set<EspTransform> transforms = new HashSet<>();
    for (CipherSuite suite : CipherSuite.values()) {
      boolean real =
          suite != CipherSuite.UNRECOGNIZED && suite != CipherSuite.CIPHER_SUITE_UNSPECIFIED;
      EspTransform transform = TunnelPlanner.transform(suite);
      assertThat(transform != null).as(suite.name()).isEqualTo(real);
      if (transform != null) {
        assertThat(transforms.add(transform)).as(suite.name()).isTrue();
        Snapshot.Builder snapshot =
            with(online()).setVpn(Views.vpn(1, 1).toBuilder().setCipherSuite(suite));
        PairSecurityAssociations pair = Objects.requireNonNull(plan(snapshot).keys());
        assertThat(pair.transform()).isEqualTo(transform);
        assertThat(keys(pair).outbound().lengthBytes()).isEqualTo(transform.keyMaterialBytes());
      }
    }
    assertThat(transforms).containsExactlyInAnyOrder(EspTransform.values());
  }

  @Test
  void givesNoKeysWithoutACipherThatItKnows() {
    assertThat(
            plan(with(online()).setVpn(Views.vpn(1, 1).toBuilder().setCipherSuiteValue(99))).keys())
        .isNull();
  }

  @Test
  void givesNoKeysToAPeerThatIsOffline() {
    assertThat(plan(with(Views.offline(PEER))).keys()).isNull();
  }

  @Test
  void givesNoKeysWithASecretOfAnotherEpoch() {
    assertThat(plan(with(online()).setVpn(Views.vpn(1, 2))).keys()).isNull();
  }

  @Test
  void givesNoKeysWithoutASecret() {
    assertThat(plan(Views.snapshot(1).addPeers(online())).keys()).isNull();
  }

  @Test
  void givesNoKeysForAHostilePublicKey() {
    for (byte[] hostile : List.of(new byte[32], new byte[7])) {
      Peer peer = plan(with(Views.online(PEER, hostile)));
      assertThat(Objects.requireNonNull(peer.keys()).keys().derive()).isNull();
    }
  }

  @Test
  void plansAnewOnlyWhatHasChanged() {
    Membership other = Views.member("acme/second", 1, 3);
    Snapshot.Builder snapshot =
        with(online())
            .addPeers(Views.online(other, NodeKeyPair.generate().publicKey()))
            .addPairSecrets(Views.secret("acme/second", 1));
    List<Peer> first = peers(snapshot);
    List<Peer> withoutSecond = peers(snapshot.setPeers(1, Views.offline(other)));
    assertThat(withoutSecond.get(0)).isSameAs(first.get(0));
    assertThat(withoutSecond.get(1).keys()).isNull();

    List<Peer> rekeyed =
        peers(snapshot.setVpn(Views.vpn(1, 2)).setPairSecrets(0, Views.secret("acme/peer", 2)));
    assertThat(Objects.requireNonNull(rekeyed.get(0).keys()).identity())
        .isNotEqualTo(Objects.requireNonNull(first.get(0).keys()).identity());
  }

  private List<Peer> peers(Snapshot.Builder snapshot) {
    return planner.tunnels(List.of(VpnReplica.of(snapshot.build(), null))).peers();
  }

  @Test
  void passesOverAPeerWithAnImpossibleEndpointAndKeepsTheOthers() {
    PeerView broken =
        Views.online(Views.member("acme/broken", 1, 9), peerKey.publicKey()).toBuilder()
            .addCandidates(Endpoint.newBuilder().setPort(70_000))
            .build();
    assertThat(plan(with(online()).addPeers(broken)).nodeId()).isEqualTo("acme/peer");
  }

  @Test
  void passesOverAPeerWithAnImpossibleTag() {
    PeerView broken =
        Views.online(Views.member("acme/broken", 1, 9), peerKey.publicKey()).toBuilder()
            .setSpiTag(4096)
            .build();
    Snapshot.Builder snapshot =
        with(online()).addPeers(broken).addPairSecrets(Views.secret("acme/broken", 1));
    assertThat(plan(snapshot).nodeId()).isEqualTo("acme/peer");
  }

  @Test
  void routesThePoolsOfAllVpnsWithTheOwnAddressAsSource() {
    List<VpnReplica> two =
        List.of(
            VpnReplica.of(Views.snapshot(1).build(), null),
            VpnReplica.of(Views.snapshot(2).build(), null));
    assertThat(TunnelPlanner.routes(two))
        .hasSize(4)
        .contains(
            new Route(InetAddress.ofLiteral("10.1.0.0"), 16, InetAddress.ofLiteral("10.1.0.1")),
            new Route(InetAddress.ofLiteral("10.2.0.0"), 16, InetAddress.ofLiteral("10.2.0.1")));
    assertThat(TunnelPlanner.interfaceAddresses(two))
        .hasSize(4)
        .contains(new Address(InetAddress.ofLiteral("10.2.0.1")));
  }

  @Test
  void findsAViewWithoutAnOwnPlaceInvalid() {
    VpnReplica homeless = VpnReplica.of(Views.snapshot(1).clearSelf().build(), null);
    assertThatIllegalArgumentException().isThrownBy(() -> TunnelPlanner.requireValid(homeless));
  }

  @Test
  void findsAViewWithoutPoolsInvalid() {
    VpnReplica poolless =
        VpnReplica.of(
            Views.snapshot(1).setVpn(Views.vpn(1, 1).toBuilder().setIpv4Pool("nonsense")).build(),
            null);
    assertThatIllegalArgumentException().isThrownBy(() -> TunnelPlanner.requireValid(poolless));
  }
}
