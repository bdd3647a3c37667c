package io.culvert.model.vpn;

import io.culvert.model.collection.PersistentMap;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import java.util.Map;

/**
 * The state of one VPN: immutable, and the same in the entity and in every feed's replica.
 *
 * @param vpn the VPN's identity
 * @param lifecycle whether it exists
 * @param settings as last changed; meaningless while absent
 * @param epoch of the VPN's secret, from 1; 0 while absent
 * @param revision number of events that changed what members see
 * @param memberships by node
 * @param legacyAllowed whether legacy cipher suites may be chosen
 */
public record VpnState(
    VpnId vpn,
    Lifecycle lifecycle,
    VpnSettings settings,
    int epoch,
    long revision,
    Map<NodeId, Membership> memberships,
    boolean legacyAllowed) {

  /** Whether the VPN exists. */
  public enum Lifecycle {
    /** Never created. */
    ABSENT,
    /** In use. */
    ACTIVE,
    /** Deleted; the name stays retired. */
    DELETED
  }

  /** Before the first event. */
  public static VpnState absent(VpnId vpn) {
    return new VpnState(
        vpn,
        Lifecycle.ABSENT,
        new VpnSettings(CipherSuite.AES_256_GCM, Topology.FULL_MESH, "", ""),
        0,
        0,
        Map.of(),
        false);
  }

  /** Keeps an immutable map. */
  public VpnState {
    memberships = PersistentMap.copyOf(memberships);
  }

  /** The state after an event. Pure: the entity and every replica get the same result. */
  public VpnState apply(VpnEvent event) {
    return switch (event) {
      case VpnEvent.VpnCreated created -> with(Lifecycle.ACTIVE, created.settings(), 1);
      case VpnEvent.NodeAdmitted admitted -> withMembership(membership(admitted));
      case VpnEvent.NodeRemoved removed -> withoutMembership(removed.node());
      case VpnEvent.RoleChanged changed -> withRole(changed.node(), changed.role());
      case VpnEvent.CipherSuiteChanged changed ->
          with(lifecycle, settings.with(changed.cipherSuite()), changed.epoch());
      case VpnEvent.LegacyPermissionChanged changed -> withLegacy(changed.allowed());
      case VpnEvent.TopologyChanged changed ->
          with(lifecycle, settings.with(changed.topology()), epoch);
      case VpnEvent.SecretRenewed renewed -> with(lifecycle, settings, renewed.epoch());
      case VpnEvent.VpnDeleted deleted ->
          new VpnState(
              vpn, Lifecycle.DELETED, settings, epoch, revision + 1, Map.of(), legacyAllowed);
      case VpnEvent.NodeInformed informed -> this;
    };
  }

  private Membership membership(VpnEvent.NodeAdmitted admitted) {
    return new Membership(
        admitted.node(),
        admitted.role(),
        admitted.index(),
        revision + 1,
        admitted.virtualIpv4(),
        admitted.virtualIpv6());
  }

  /** The same with other members: a part of them, or all that came in parts. */
  public VpnState with(Map<NodeId, Membership> memberships) {
    return new VpnState(vpn, lifecycle, settings, epoch, revision, memberships, legacyAllowed);
  }

  private VpnState with(Lifecycle lifecycle, VpnSettings settings, int epoch) {
    return new VpnState(vpn, lifecycle, settings, epoch, revision + 1, memberships, legacyAllowed);
  }

  private VpnState withLegacy(boolean allowed) {
    return new VpnState(vpn, lifecycle, settings, epoch, revision + 1, memberships, allowed);
  }

  private VpnState withMembership(Membership membership) {
    return new VpnState(
        vpn,
        lifecycle,
        settings,
        epoch,
        revision + 1,
        PersistentMap.copyOf(memberships).with(membership.node(), membership),
        legacyAllowed);
  }

  private VpnState withoutMembership(NodeId node) {
    return new VpnState(
        vpn,
        lifecycle,
        settings,
        epoch,
        revision + 1,
        PersistentMap.copyOf(memberships).without(node),
        legacyAllowed);
  }

  private VpnState withRole(NodeId node, Role role) {
    Membership membership = memberships.get(node);
    return membership == null
        ? with(lifecycle, settings, epoch)
        : withMembership(membership.with(role));
  }

  /** Whether members {@code a} and {@code b} may see and reach each other. */
  public boolean connects(Membership a, Membership b) {
    return settings.topology() == Topology.FULL_MESH
        || a.role() == Role.HUB
        || b.role() == Role.HUB;
  }
}
