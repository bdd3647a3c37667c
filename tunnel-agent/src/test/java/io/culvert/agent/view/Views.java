package io.culvert.agent.view;

import com.google.protobuf.ByteString;
import io.culvert.protocol.v1.CipherSuite;
import io.culvert.protocol.v1.Membership;
import io.culvert.protocol.v1.PairSecret;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.VpnView;

/** Frames of a small VPN for tests. */
public final class Views {
  private Views() {}

  /** The attributes of a VPN with the pools 10.{net}.0.0/16 and fd00:{net}::/64. */
  public static VpnView vpn(int net, int epoch) {
    return VpnView.newBuilder()
        .setName("office")
        .setCipherSuite(CipherSuite.AES_256_GCM)
        .setEpoch(epoch)
        .setIpv4Pool("10.%d.0.0/16".formatted(net))
        .setIpv6Pool("fd00:%x::/64".formatted(net))
        .build();
  }

  /** A member with host number {@code index}. */
  public static Membership member(String nodeId, int net, int index) {
    return Membership.newBuilder()
        .setNodeId(nodeId)
        .setIndex(index)
        .setAdmittedRevision(index)
        .setVirtualIpv4(ByteString.copyFrom(new byte[] {10, (byte) net, 0, (byte) index}))
        .setVirtualIpv6(
            ByteString.copyFrom(
                new byte[] {
                  (byte) 0xFD, 0, 0, (byte) net, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) index
                }))
        .build();
  }

  /** A peer that is online with this X25519 key. */
  public static PeerView online(Membership membership, byte[] publicKey) {
    return PeerView.newBuilder()
        .setMembership(membership)
        .setOnline(true)
        .setX25519PublicKey(ByteString.copyFrom(publicKey))
        .setSpiTag(5)
        .build();
  }

  /** A peer that is not online. */
  public static PeerView offline(Membership membership) {
    return PeerView.newBuilder().setMembership(membership).build();
  }

  /** The server's share of a pair. */
  public static PairSecret secret(String nodeId, int epoch) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) nodeId.hashCode();
    bytes[1] = (byte) epoch;
    return PairSecret.newBuilder()
        .setNodeId(nodeId)
        .setEpoch(epoch)
        .setSecret(ByteString.copyFrom(bytes))
        .build();
  }

  /** The view of {@code acme/own} in {@code acme/vpn{net}}, alone, at sequence 1. */
  public static Snapshot.Builder snapshot(int net) {
    return Snapshot.newBuilder()
        .setVpnId("acme/vpn" + net)
        .setFeedIncarnation(9)
        .setSequence(1)
        .setRevision(1)
        .setVpn(vpn(net, 1))
        .setSelf(member("acme/own", net, 1));
  }
}
