package io.culvert.agent.dataplane;

import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.transport.Endpoint;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the engine should do now: every peer of every VPN that this node may talk to. The control
 * thread makes a new one at each change; the engine keeps the security associations that a new one
 * names again, with their counters and replay windows.
 *
 * @param peers in no particular order
 */
public record TunnelConfiguration(List<Peer> peers) {
  /** Nothing: every packet is dropped. */
  public static final TunnelConfiguration EMPTY = new TunnelConfiguration(List.of());

  /** Copies the list. */
  public TunnelConfiguration {
    peers = List.copyOf(peers);
  }

  /**
   * One peer in one VPN. A node with which two VPNs are shared is two peers.
   *
   * @param vpnId {@code organization/name}
   * @param nodeId {@code organization/name}
   * @param localAddresses this node's virtual addresses in the VPN: the only inner sources sent,
   *     and the only inner destinations accepted
   * @param remoteAddresses the peer's virtual addresses: the traffic selector of the other side
   * @param candidates where to try to reach the peer, best first; may be empty: then only the peer
   *     can begin
   * @param senderBehindNat this node is behind a NAT: the N bit of what it sends
   * @param keys of the pair, null while the peer is not online or its keys have not come
   */
  public record Peer(
      String vpnId,
      String nodeId,
      List<InetAddress> localAddresses,
      List<InetAddress> remoteAddresses,
      List<Endpoint> candidates,
      boolean senderBehindNat,
      @Nullable PairSecurityAssociations keys) {
    /** Copies the lists. */
    public Peer {
      localAddresses = List.copyOf(localAddresses);
      remoteAddresses = List.copyOf(remoteAddresses);
      candidates = List.copyOf(candidates);
    }
  }

  /**
   * Keys and SPIs of both directions. Two values with the same {@code identity} have the same keys,
   * and the engine never starts the counters of one identity twice: a pair that goes offline and
   * comes back under the same identity continues its sequence numbers and its replay window.
   *
   * @param identity 32 bytes, lower-case hex: SHA-256 over everything the keys are derived from
   * @param transform both directions use it
   * @param outboundSpiInt SPI of the packets sent, chosen so that it is unique at the peer
   * @param inboundSpiInt SPI of the packets received, unique at this node
   * @param keys asked only for an identity that is not in use: a key agreement costs more than all
   *     else of a configuration, and most of it is the same as before
   */
  public record PairSecurityAssociations(
      String identity,
      EspTransform transform,
      int outboundSpiInt,
      int inboundSpiInt,
      KeySource keys) {}

  /** Where the keys of a pair come from. Called by the control thread. */
  @FunctionalInterface
  public interface KeySource {
    /**
     * Derives them; the caller closes what it gets.
     *
     * @return null if there are none, because of what the peer sent; the source has said why
     */
    @Nullable KeyMaterialPair derive();
  }
}
