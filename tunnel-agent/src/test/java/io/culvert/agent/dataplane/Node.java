package io.culvert.agent.dataplane;

import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterial;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.testnet.ChannelTunDevice;
import io.culvert.agent.testnet.Nat;
import io.culvert.agent.testnet.PacketRouter;
import io.culvert.agent.testnet.RoutedTransport;
import io.culvert.agent.transport.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One agent of a test: addresses, devices, and what it would tell the engine about another one. */
final class Node {
  static final EspTransform SUITE = EspTransform.AES_256_GCM_16;

  final int number;
  final ChannelTunDevice tun;
  final RoutedTransport transport;
  final InetAddress ipv4;
  final InetAddress ipv6;

  private Node(int number, RoutedTransport transport) {
    this.number = number;
    this.transport = transport;
    tun = new ChannelTunDevice("culvert" + number, 1400, true);
    ipv4 = address(new byte[] {10, 0, 0, (byte) number});
    byte[] bytes = new byte[16];
    bytes[0] = (byte) 0xFD;
    bytes[15] = (byte) number;
    ipv6 = address(bytes);
  }

  /** A node with a public address, 198.18.0.number:4500. */
  static Node open(int number, PacketRouter router) {
    return new Node(number, router.transport(endpoint(number, 4500), true));
  }

  /** A node behind a NAT device. */
  static Node behind(Nat nat, int number, PacketRouter router) {
    Endpoint internal = Endpoint.of(new byte[] {10, 1, 0, (byte) number}, 4500);
    return new Node(number, router.transportBehind(nat, internal, true));
  }

  static Endpoint endpoint(int host, int port) {
    return Endpoint.of(new byte[] {(byte) 198, 18, 0, (byte) host}, port);
  }

  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  Endpoint endpoint() {
    return transport.endpoint();
  }

  /** The configuration that names one peer, with keys of this epoch, at its own endpoint. */
  TunnelConfiguration knowing(Node other, int epoch) {
    return knowing(other, pair(other, epoch), List.of(other.endpoint()));
  }

  TunnelConfiguration knowing(
      Node other,
      TunnelConfiguration.@Nullable PairSecurityAssociations keys,
      List<Endpoint> candidates) {
    return new TunnelConfiguration(
        List.of(
            new TunnelConfiguration.Peer(
                "org/vpn",
                "org/node" + other.number,
                List.of(ipv4, ipv6),
                List.of(other.ipv4, other.ipv6),
                candidates,
                false,
                keys)));
  }

  TunnelConfiguration.PairSecurityAssociations pair(Node other, int epoch) {
    return new TunnelConfiguration.PairSecurityAssociations(
        "%d-%d-%d".formatted(Math.min(number, other.number), Math.max(number, other.number), epoch),
        SUITE,
        spi(other, this),
        spi(this, other),
        () -> new KeyMaterialPair(key(this, other, epoch), key(other, this, epoch)));
  }

  /** One SPI for all epochs: the hardest case, which a restart of the peer brings. */
  static int spi(Node receiver, Node sender) {
    return 0x8000_0000 | receiver.number << 24 | sender.number << 4;
  }

  static KeyMaterial key(Node from, Node to, int epoch) {
    byte[] bytes = new byte[SUITE.keyMaterialBytes()];
    Arrays.fill(bytes, (byte) (from.number * 31 + to.number * 7 + epoch));
    return KeyMaterial.adopt(bytes);
  }
}
