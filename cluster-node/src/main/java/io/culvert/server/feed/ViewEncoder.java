package io.culvert.server.feed;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.model.identity.VpnId;
import io.culvert.model.vpn.Membership;
import io.culvert.model.vpn.Role;
import io.culvert.model.vpn.Topology;
import io.culvert.model.vpn.VpnState;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.CipherSuite;
import io.culvert.protocol.v1.Endpoint;
import io.culvert.protocol.v1.PeerView;
import io.culvert.protocol.v1.VpnView;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the model's values into those of the agent protocol. Pure. */
public final class ViewEncoder {
  private ViewEncoder() {}

  /** What all members share. */
  static VpnView vpn(VpnState state) {
    return VpnView.newBuilder()
        .setName(state.vpn().toString())
        .setCipherSuite(
            switch (state.settings().cipherSuite()) {
              case AES_128_GCM -> CipherSuite.AES_128_GCM;
              case AES_256_GCM -> CipherSuite.AES_256_GCM;
              case CHACHA20_POLY1305 -> CipherSuite.CHACHA20_POLY1305;
              case AES_256_CBC_HMAC_SHA256 -> CipherSuite.AES_256_CBC_HMAC_SHA256;
              case AES_256_CBC_HMAC_SHA512 -> CipherSuite.AES_256_CBC_HMAC_SHA512;
              case TRIPLE_DES_CBC_HMAC_SHA256 -> CipherSuite.TRIPLE_DES_CBC_HMAC_SHA256;
            })
        .setEpoch(state.epoch())
        .setTopology(
            state.settings().topology() == Topology.FULL_MESH
                ? io.culvert.protocol.v1.Topology.FULL_MESH
                : io.culvert.protocol.v1.Topology.HUB_AND_SPOKE)
        .setIpv4Pool(state.settings().ipv4Pool())
        .setIpv6Pool(state.settings().ipv6Pool())
        .build();
  }

  /** A node's place. */
  public static io.culvert.protocol.v1.Membership membership(Membership membership) {
    return io.culvert.protocol.v1.Membership.newBuilder()
        .setNodeId(membership.node().toString())
        .setIndex(membership.index())
        .setAdmittedRevision(membership.admittedRevision())
        .setVirtualIpv4(ByteString.copyFrom(membership.virtualIpv4().getAddress()))
        .setVirtualIpv6(ByteString.copyFrom(membership.virtualIpv6().getAddress()))
        .setRole(
            membership.role() == Role.HUB
                ? io.culvert.protocol.v1.Role.HUB
                : io.culvert.protocol.v1.Role.SPOKE)
        .build();
  }

  /**
   * A member as its peers see it.
   *
   * @param presence null if it is not online
   * @param settled whether a missing presence means offline; otherwise unknown
   */
  static PeerView peer(
      VpnId vpn, Membership membership, @Nullable Presence presence, boolean settled) {
    PeerView.Builder peer = PeerView.newBuilder().setMembership(membership(membership));
    if (presence == null) {
      return peer.setPresenceUnknown(!settled).build();
    }
    Attributes attributes;
    try {
      attributes = Attributes.parseFrom(presence.attributes());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a presence with attributes that were never validated", e);
    }
    Endpoint observed =
        Endpoint.newBuilder()
            .setAddress(presence.observedAddress())
            .setPort(attributes.getUdpPort())
            .build();
    Set<Endpoint> candidates = new LinkedHashSet<>(attributes.getLocalEndpointsList());
    boolean behindNat =
        candidates.stream()
            .noneMatch(endpoint -> endpoint.getAddress().equals(presence.observedAddress()));
    if (behindNat) {
      candidates.add(observed);
    }
    return peer.setOnline(true)
        .setX25519PublicKey(attributes.getX25519PublicKey())
        .addAllCandidates(candidates)
        .setBehindNat(behindNat)
        .setSpiTag(attributes.getSpiTagsOrDefault(vpn.toString(), 0))
        .setHostName(attributes.getHostName())
        .build();
  }
}
