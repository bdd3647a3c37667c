package io.culvert.agent.view;

import com.google.protobuf.ByteString;
import io.culvert.agent.dataplane.TunnelConfiguration;
import io.culvert.agent.dataplane.TunnelConfiguration.PairSecurityAssociations;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.keys.NodeKeyPair;
import io.culvert.agent.keys.PairKeys;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.tun.InterfaceConfigurator.Address;
import io.culvert.agent.tun.InterfaceConfigurator.Route;
import io.culvert.protocol.v1.CipherSuite;
import io.culvert.protocol.v1.Membership;
import io.culvert.protocol.v1.PairSecret;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.VpnView;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the engine and the interface should do, given the replicas: every peer with its keys, every
 * address and route. What was planned for a peer is kept and planned anew only when something of it
 * has changed: of the others no identity is computed again.
 *
 * <p>Owned by the control thread.
 */
public final class TunnelPlanner {
  private static final Logger LOG = LoggerFactory.getLogger(TunnelPlanner.class);

  private final NodeKeyPair keyPair;
  private final ToIntFunction<String> ownTags;
  private Map<String, PlannedVpn> planned = Map.of();

  /**
   * Plans for this process.
   *
   * @param keyPair of this process
   * @param ownTags the receiver tag of this node by VPN id, 0 if none was announced yet
   */
  public TunnelPlanner(NodeKeyPair keyPair, ToIntFunction<String> ownTags) {
    this.keyPair = keyPair;
    this.ownTags = ownTags;
  }

  /**
   * The engine's next configuration. It holds no keys, but can derive them. A peer of which the
   * server said something impossible is left out.
   */
  public TunnelConfiguration tunnels(Collection<VpnReplica> replicas) {
    Map<String, PlannedVpn> next = new HashMap<>();
    List<TunnelConfiguration.Peer> peers = new ArrayList<>();
    for (VpnReplica replica : replicas) {
      PlannedVpn vpn = plan(replica);
      next.put(replica.vpnId(), vpn);
      vpn.peers().values().forEach(peer -> peer.tunnel().ifPresent(peers::add));
    }
    planned = next;
    return new TunnelConfiguration(peers);
  }

  /**
   * What decides over all peers of a VPN.
   *
   * @param behindNat whether this node is
   */
  private record Common(
      String vpnId, VpnView vpn, Membership self, boolean behindNat, int ownTag) {}

  private record PlannedVpn(Common common, Map<String, PlannedPeer> peers) {}

  /**
   * What a peer's part of the plan was made from, and what it is.
   *
   * @param tunnel empty if the server said something impossible of the peer
   */
  private record PlannedPeer(
      PeerView view, @Nullable PairSecret secret, Optional<TunnelConfiguration.Peer> tunnel) {
    boolean isOf(PeerView otherView, @Nullable PairSecret otherSecret) {
      return view.equals(otherView) && Objects.equals(secret, otherSecret);
    }
  }

  private PlannedVpn plan(VpnReplica replica) {
    Common common =
        new Common(
            replica.vpnId(),
            replica.vpn(),
            replica.self(),
            replica.own() != null && replica.own().getBehindNat(),
            ownTags.applyAsInt(replica.vpnId()));
    PlannedVpn before = planned.get(replica.vpnId());
    Map<String, PlannedPeer> known =
        before != null && before.common().equals(common) ? before.peers() : Map.of();
    Map<String, PlannedPeer> peers = new LinkedHashMap<>();
    for (PeerView view : replica.peers().values()) {
      String nodeId = view.getMembership().getNodeId();
      PairSecret secret = replica.secrets().get(nodeId);
      PlannedPeer last = known.get(nodeId);
      peers.put(
          nodeId,
          last != null && last.isOf(view, secret)
              ? last
              : new PlannedPeer(view, secret, tunnel(common, view, secret)));
    }
    return new PlannedVpn(common, peers);
  }

  private Optional<TunnelConfiguration.Peer> tunnel(
      Common common, PeerView peer, @Nullable PairSecret secret) {
    try {
      return Optional.of(
          new TunnelConfiguration.Peer(
              common.vpnId(),
              peer.getMembership().getNodeId(),
              addresses(common.self()),
              addresses(peer.getMembership()),
              peer.getOnline() ? candidates(peer) : List.of(),
              common.behindNat(),
              keys(common, peer, secret)));
    } catch (IllegalArgumentException e) {
      LOG.warn("{} is passed over: {}", peer.getMembership().getNodeId(), e.getMessage());
      return Optional.empty();
    }
  }

  private static List<Endpoint> candidates(PeerView peer) {
    return peer.getCandidatesList().stream()
        .map(candidate -> Endpoint.of(candidate.getAddress().toByteArray(), candidate.getPort()))
        .toList();
  }

  private @Nullable PairSecurityAssociations keys(
      Common common, PeerView peer, @Nullable PairSecret secret) {
    EspTransform transform = transform(common.vpn().getCipherSuite());
    if (!peer.getOnline()
        || common.ownTag() == 0
        || transform == null
        || secret == null
        || secret.getEpoch() != common.vpn().getEpoch()) {
      return null;
    }
    byte[] pairSecret = secret.getSecret().toByteArray();
    try {
      PairKeys keys =
          PairKeys.of(
              common.vpnId(),
              common.vpn().getEpoch(),
              transform,
              side(common.self(), keyPair.publicKey(), common.ownTag()),
              side(peer.getMembership(), peer.getX25519PublicKey().toByteArray(), peer.getSpiTag()),
              pairSecret);
      return new PairSecurityAssociations(
          keys.identity(),
          transform,
          keys.outboundSpiInt(),
          keys.inboundSpiInt(),
          () -> derive(keys, peer, secret));
    } finally {
      Arrays.fill(pairSecret, (byte) 0);
    }
  }

  private @Nullable KeyMaterialPair derive(PairKeys keys, PeerView peer, PairSecret secret) {
    byte[] agreement;
    try {
      agreement = keyPair.agree(peer.getX25519PublicKey().toByteArray());
    } catch (InvalidKeyException e) {
      LOG.warn(
          "{} has no valid X25519 key; no tunnel to it: {}",
          peer.getMembership().getNodeId(),
          e.getMessage());
      return null;
    }
    byte[] pairSecret = secret.getSecret().toByteArray();
    try {
      return keys.derive(agreement, pairSecret);
    } finally {
      Arrays.fill(agreement, (byte) 0);
      Arrays.fill(pairSecret, (byte) 0);
    }
  }

  private static PairKeys.Side side(Membership membership, byte[] publicKey, int tag) {
    return new PairKeys.Side(
        membership.getNodeId(),
        membership.getIndex(),
        membership.getAdmittedRevision(),
        publicKey,
        tag);
  }

  /** The transform of a cipher suite; null if this agent does not know it. */
  public static @Nullable EspTransform transform(CipherSuite suite) {
    return switch (suite) {
      case AES_128_GCM -> EspTransform.AES_128_GCM_16;
      case AES_256_GCM -> EspTransform.AES_256_GCM_16;
      case CHACHA20_POLY1305 -> EspTransform.CHACHA20_POLY1305;
      case AES_256_CBC_HMAC_SHA256 -> EspTransform.AES_256_CBC_HMAC_SHA2_256_128;
      case AES_256_CBC_HMAC_SHA512 -> EspTransform.AES_256_CBC_HMAC_SHA2_512_256;
      case TRIPLE_DES_CBC_HMAC_SHA256 -> EspTransform.TRIPLE_DES_CBC_HMAC_SHA2_256_128;
      case CIPHER_SUITE_UNSPECIFIED, UNRECOGNIZED -> null;
    };
  }

  /** The virtual addresses of a member, IPv4 first. */
  public static List<InetAddress> addresses(Membership membership) {
    return List.of(address(membership.getVirtualIpv4()), address(membership.getVirtualIpv6()));
  }

  private static InetAddress address(ByteString bytes) {
    try {
      return InetAddress.getByAddress(bytes.toByteArray());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "an address of %d bytes from the server".formatted(bytes.size()), e);
    }
  }

  /**
   * Checks what the interface needs to know of a VPN.
   *
   * @throws IllegalArgumentException if the server sent no own place, or malformed addresses
   */
  public static void requireValid(VpnReplica replica) {
    interfaceAddresses(List.of(replica));
    routes(List.of(replica));
  }

  /** All addresses that the virtual interface should have. */
  public static Set<Address> interfaceAddresses(Collection<VpnReplica> replicas) {
    Set<Address> wanted = new HashSet<>();
    for (VpnReplica replica : replicas) {
      addresses(replica.self()).forEach(address -> wanted.add(new Address(address)));
    }
    return wanted;
  }

  /** All prefixes that are reached through the virtual interface: the VPNs' pools. */
  public static Set<Route> routes(Collection<VpnReplica> replicas) {
    Set<Route> wanted = new HashSet<>();
    for (VpnReplica replica : replicas) {
      List<InetAddress> own = addresses(replica.self());
      wanted.add(route(replica.vpn().getIpv4Pool(), own.get(0)));
      wanted.add(route(replica.vpn().getIpv6Pool(), own.get(1)));
    }
    return wanted;
  }

  private static Route route(String pool, InetAddress source) {
    PoolConflicts.Cidr cidr = PoolConflicts.Cidr.parse(pool);
    return new Route(cidr.address(), cidr.length(), source);
  }
}
