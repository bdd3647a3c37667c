package io.culvert.model.vpn;

import io.culvert.model.identity.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a VPN should do, said once more: slow, mutable and without the cleverness. */
final class NaiveVpn {
  private static final Duration REST = Duration.ofHours(1);

  private final int capacity;
  private final Map<NodeId, Integer> indexOf = new HashMap<>();
  private final Map<NodeId, Role> roleOf = new HashMap<>();

  /** In the order in which they left. */
  private final Map<Integer, Instant> leftAt = new LinkedHashMap<>();

  private final Set<Integer> everUsed = new HashSet<>();
  private CipherSuite cipherSuite = CipherSuite.AES_256_GCM;
  private Topology topology = Topology.FULL_MESH;
  private boolean legacyAllowed;
  private int epoch;
  private long revision;
  private boolean exists;
  private boolean deleted;

  NaiveVpn(int capacity) {
    this.capacity = capacity;
  }

  long revision() {
    return revision;
  }

  int epoch() {
    return epoch;
  }

  CipherSuite cipherSuite() {
    return cipherSuite;
  }

  boolean legacyAllowed() {
    return legacyAllowed;
  }

  Topology topology() {
    return topology;
  }

  boolean deleted() {
    return deleted;
  }

  Map<NodeId, Integer> indexes() {
    return indexOf;
  }

  Map<NodeId, Role> roles() {
    return roleOf;
  }

  /** Obeys, and says why not if it does not. */
  VpnProtocol.@Nullable Reason obey(VpnProtocol.Change command, Instant now) {
    if (command instanceof VpnProtocol.CreateVpn create) {
      return create(create);
    }
    if (deleted && command instanceof VpnProtocol.DeleteVpn) {
      return null;
    }
    if (!exists || deleted) {
      return VpnProtocol.Reason.NOT_FOUND;
    }
    return switch (command) {
      case VpnProtocol.CreateVpn create -> create(create);
      case VpnProtocol.AdmitNode admit -> admit(admit, now);
      case VpnProtocol.AdmitNodes admit -> admitAll(admit, now);
      case VpnProtocol.RemoveNode remove -> remove(remove.node(), now);
      case VpnProtocol.ChangeRole change -> changeRole(change);
      case VpnProtocol.ChangeCipherSuite change -> {
        if (cipherSuite != change.cipherSuite()) {
          if (change.cipherSuite() == CipherSuite.TRIPLE_DES_CBC_HMAC_SHA256 && !legacyAllowed) {
            yield VpnProtocol.Reason.LEGACY_NOT_ALLOWED;
          }
          cipherSuite = change.cipherSuite();
          epoch++;
          revision++;
        }
        yield null;
      }
      case VpnProtocol.ChangeLegacyPermission change -> {
        if (legacyAllowed && !change.allowed()) {
          if (cipherSuite == CipherSuite.TRIPLE_DES_CBC_HMAC_SHA256) {
            yield VpnProtocol.Reason.CONFLICT;
          }
        }
        if (legacyAllowed != change.allowed()) {
          legacyAllowed = change.allowed();
          revision++;
        }
        yield null;
      }
      case VpnProtocol.ChangeTopology change -> {
        if (topology != change.topology()) {
          topology = change.topology();
          revision++;
        }
        yield null;
      }
      case VpnProtocol.RenewSecret renew -> {
        epoch++;
        revision++;
        yield null;
      }
      case VpnProtocol.DeleteVpn delete -> {
        deleted = true;
        indexOf.clear();
        roleOf.clear();
        revision++;
        yield null;
      }
    };
  }

  private VpnProtocol.@Nullable Reason create(VpnProtocol.CreateVpn create) {
    if (deleted) {
      return VpnProtocol.Reason.CONFLICT;
    }
    if (exists) {
      boolean same =
          create.settings().cipherSuite() == cipherSuite
              && create.settings().topology() == topology;
      return same ? null : VpnProtocol.Reason.CONFLICT;
    }
    exists = true;
    cipherSuite = create.settings().cipherSuite();
    topology = create.settings().topology();
    epoch = 1;
    revision++;
    return null;
  }

  private VpnProtocol.@Nullable Reason admit(VpnProtocol.AdmitNode admit, Instant now) {
    if (indexOf.containsKey(admit.node())) {
      return roleOf.get(admit.node()) == admit.role() ? null : VpnProtocol.Reason.CONFLICT;
    }
    int never =
        IntStream.rangeClosed(1, capacity).filter(i -> !everUsed.contains(i)).findFirst().orElse(0);
    int index = never != 0 ? never : longestRested(now);
    if (index == 0) {
      return VpnProtocol.Reason.POOL_EXHAUSTED;
    }
    everUsed.add(index);
    leftAt.remove(index);
    indexOf.put(admit.node(), index);
    roleOf.put(admit.node(), admit.role());
    revision++;
    return null;
  }

  /** All or nobody: a copy tries first. */
  private VpnProtocol.@Nullable Reason admitAll(VpnProtocol.AdmitNodes all, Instant now) {
    VpnProtocol.Reason refusal = copy().admitEach(all, now);
    return refusal == null ? admitEach(all, now) : refusal;
  }

  private VpnProtocol.@Nullable Reason admitEach(VpnProtocol.AdmitNodes all, Instant now) {
    for (VpnProtocol.Admission one : all.nodes()) {
      VpnProtocol.Reason refusal =
          admit(new VpnProtocol.AdmitNode("naive", one.node(), one.role(), all.replyTo()), now);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private NaiveVpn copy() {
    NaiveVpn copy = new NaiveVpn(capacity);
    copy.indexOf.putAll(indexOf);
    copy.roleOf.putAll(roleOf);
    copy.leftAt.putAll(leftAt);
    copy.everUsed.addAll(everUsed);
    return copy;
  }

  private int longestRested(Instant now) {
    int best = 0;
    for (Map.Entry<Integer, Instant> left : leftAt.entrySet()) {
      boolean rested = Duration.between(left.getValue(), now).compareTo(REST) >= 0;
      if (rested && (best == 0 || left.getValue().isBefore(leftAt.get(best)))) {
        best = left.getKey();
      }
    }
    return best;
  }

  private VpnProtocol.@Nullable Reason remove(NodeId node, Instant now) {
    Integer index = indexOf.remove(node);
    if (index != null) {
      roleOf.remove(node);
      leftAt.put(index, now);
      revision++;
    }
    return null;
  }

  private VpnProtocol.@Nullable Reason changeRole(VpnProtocol.ChangeRole change) {
    Role role = roleOf.get(change.node());
    if (role == null) {
      return VpnProtocol.Reason.NOT_A_MEMBER;
    }
    if (role != change.role()) {
      roleOf.put(change.node(), change.role());
      revision++;
    }
    return null;
  }
}
