package io.culvert.agent.dataplane;

import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterial;
import io.culvert.agent.transport.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One agent of a test: addresses, devices, and what it would tell the engine about another one. */
final class Node {
  final int number;
  final MemoryTun tun;
  final MemoryNetwork.Socket socket;
  final InetAddress ipv4;
  final InetAddress ipv6;
  Endpoint external;

  Node(int number, MemoryNetwork network, boolean offload) {
    this.number = number;
    external = endpoint(number, 4500);
    tun = new MemoryTun(offload);
    socket = network.open(external);
    ipv4 = address(new byte[] {10, 0, 0, (byte) number});
    byte[] bytes = new byte[16];
    bytes[0] = (byte) 0xFD;
    bytes[15] = (byte) number;
    ipv6 = address(bytes);
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

  /** The other node as a peer, with keys of this epoch. */
  TunnelConfiguration.Peer peer(Node other, int epoch) {
    return peer(other, pair(other, epoch, EspTransform.AES_256_GCM_16), List.of(other.external));
  }

  TunnelConfiguration.Peer peer(
      Node other,
      TunnelConfiguration.@Nullable PairSecurityAssociations keys,
      List<Endpoint> candidates) {
    return new TunnelConfiguration.Peer(
        "org/vpn",
        "org/node" + other.number,
        List.of(ipv4, ipv6),
        List.of(other.ipv4, other.ipv6),
        candidates,
        false,
        keys);
  }

  TunnelConfiguration.PairSecurityAssociations pair(Node other, int epoch, EspTransform transform) {
    return new TunnelConfiguration.PairSecurityAssociations(
        "%d-%d-%d".formatted(Math.min(number, other.number), Math.max(number, other.number), epoch),
        transform,
        spi(other, this, epoch),
        key(this, other, epoch, transform),
        spi(this, other, epoch),
        key(other, this, epoch, transform));
  }

  private static int spi(Node receiver, Node sender, int epoch) {
    return 0x8000_0000 | receiver.number << 24 | sender.number << 4 | epoch % 16;
  }

  static KeyMaterial key(Node from, Node to, int epoch, EspTransform transform) {
    byte[] bytes = new byte[transform.keyMaterialBytes()];
    Arrays.fill(bytes, (byte) (from.number * 31 + to.number * 7 + epoch));
    return KeyMaterial.adopt(bytes);
  }
}
