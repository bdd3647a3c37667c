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
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the engine and the interface should do, given the replicas: every peer with its keys, every
 * address and route.
 */
public final class TunnelPlanner {
  private static final Logger LOG = LoggerFactory.getLogger(TunnelPlanner.class);

  private final NodeKeyPair keyPair;
  private final ToIntFunction<String> ownTags;

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
    List<TunnelConfiguration.Peer> peers = new ArrayList<>();
    for (VpnReplica replica : replicas) {
      for (PeerView peer : replica.peers().values()) {
        try {
          peers.add(peer(replica, peer));
        } catch (IllegalArgumentException e) {
          LOG.warn("{} is passed over: {}", peer.getMembership().getNodeId(), e.getMessage());
        }
      }
    }
    return new TunnelConfiguration(peers);
  }

  private TunnelConfiguration.Peer peer(VpnReplica replica, PeerView peer) {
    return new TunnelConfiguration.Peer(
        replica.vpnId(),
        peer.getMembership().getNodeId(),
        addresses(replica.self()),
        addresses(peer.getMembership()),
        peer.getOnline() ? candidates(peer) : List.of(),
        replica.own() != null && replica.own().getBehindNat(),
        keys(replica, peer));
  }

  private static List<Endpoint> candidates(PeerView peer) {
    return peer.getCandidatesList().stream()
        .map(candidate -> Endpoint.of(candidate.getAddress().toByteArray(), candidate.getPort()))
        .toList();
  }

  private @Nullable PairSecurityAssociations keys(VpnReplica replica, PeerView peer) {
    PairSecret secret = replica.secrets().get(peer.getMembership().getNodeId());
    int ownTag = ownTags.applyAsInt(replica.vpnId());
    EspTransform transform = transform(replica.vpn().getCipherSuite());
    if (!peer.getOnline()
        || ownTag == 0
        || transform == null
        || secret == null
        || secret.getEpoch() != replica.vpn().getEpoch()) {
      return null;
    }
    byte[] pairSecret = secret.getSecret().toByteArray();
    try {
      PairKeys keys =
          PairKeys.of(
              replica.vpnId(),
              replica.vpn().getEpoch(),
              transform,
              side(replica.self(), keyPair.publicKey(), ownTag),
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

  private static @Nullable EspTransform transform(CipherSuite suite) {
    return switch (suite) {
      case AES_128_GCM -> EspTransform.AES_128_GCM_16;
      case AES_256_GCM -> EspTransform.AES_256_GCM_16;
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
