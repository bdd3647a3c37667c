package io.culvert.model.vpn;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.model.identity.NodeId;
import io.culvert.model.journal.CborSerializable;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.time.Instant;

/**
 * What happened to a VPN. A change of this file is a change of a durable schema: add, never rename;
 * every event has a golden file.
 *
 * <p>Each event but {@link NodeInformed} adds one to the VPN's revision. No event holds a secret:
 * the secrets derive from the epoch number and the cluster's master key.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(value = VpnEvent.VpnCreated.class, name = "vpn-created"),
  @JsonSubTypes.Type(value = VpnEvent.NodeAdmitted.class, name = "node-admitted"),
  @JsonSubTypes.Type(value = VpnEvent.NodeRemoved.class, name = "node-removed"),
  @JsonSubTypes.Type(value = VpnEvent.RoleChanged.class, name = "role-changed"),
  @JsonSubTypes.Type(value = VpnEvent.CipherSuiteChanged.class, name = "cipher-suite-changed"),
  @JsonSubTypes.Type(
      value = VpnEvent.LegacyPermissionChanged.class,
      name = "legacy-permission-changed"),
  @JsonSubTypes.Type(value = VpnEvent.TopologyChanged.class, name = "topology-changed"),
  @JsonSubTypes.Type(value = VpnEvent.SecretRenewed.class, name = "secret-renewed"),
  @JsonSubTypes.Type(value = VpnEvent.VpnDeleted.class, name = "vpn-deleted"),
  @JsonSubTypes.Type(value = VpnEvent.NodeInformed.class, name = "node-informed")
})
public sealed interface VpnEvent extends CborSerializable {
  /** When the command was accepted, by the clock of the server that hosted the entity. */
  Instant at();

  /** The VPN exists, at epoch 1. */
  record VpnCreated(String requestId, VpnSettings settings, Instant at) implements VpnEvent {}

  /** A node became a member. */
  record NodeAdmitted(
      String requestId,
      NodeId node,
      Role role,
      int index,
      Inet4Address virtualIpv4,
      Inet6Address virtualIpv6,
      Instant at)
      implements VpnEvent {}

  /** A membership ended; its addresses rest before they are given out again. */
  record NodeRemoved(String requestId, NodeId node, Instant at) implements VpnEvent {}

  /** A member became a hub or a spoke. */
  record RoleChanged(String requestId, NodeId node, Role role, Instant at) implements VpnEvent {}

  /** Another transform, and with it another epoch. */
  record CipherSuiteChanged(String requestId, CipherSuite cipherSuite, int epoch, Instant at)
      implements VpnEvent {}

  /** Legacy cipher suites may, or may not, be chosen from now on. */
  record LegacyPermissionChanged(String requestId, boolean allowed, Instant at)
      implements VpnEvent {}

  /** Another topology. */
  record TopologyChanged(String requestId, Topology topology, Instant at) implements VpnEvent {}

  /** A new epoch. */
  record SecretRenewed(String requestId, int epoch, Instant at) implements VpnEvent {}

  /** The VPN is no more. */
  record VpnDeleted(String requestId, Instant at) implements VpnEvent {}

  /** The node's own entity knows of its membership as of {@code revision}. */
  record NodeInformed(NodeId node, long revision, Instant at) implements VpnEvent {}
}
