package io.culvert.agent.control;

import io.culvert.agent.keys.NodeKeyPair;
import io.culvert.agent.view.PoolConflicts;
import io.culvert.agent.view.TunnelPlanner;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.Snapshot;
import io.culvert.protocol.v1.Update;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What the node knows of its VPNs, and what follows from it: tunnels, addresses and routes. They
 * stay while no server answers. Owned by the control thread.
 */
final class Views {
  /** What became of a view or an update. */
  enum Taken {
    /** The data plane follows it. */
    APPLIED,
    /** An update before it is missing, and the whole view must be asked for. */
    GAP,
    /** As {@link #GAP}, and the view was asked for already. */
    AWAITING_VIEW
  }

  private final DataPlane dataPlane;
  private final TunnelPlanner planner;
  private final InstantSource clock;
  private final Consumer<String> onProblem;
  private final SortedMap<String, VpnReplica> replicas = new TreeMap<>();
  private final SortedMap<String, AgentStatus.AppliedRevision> applied = new TreeMap<>();
  private final Set<String> awaited = new HashSet<>();
  private final Set<String> believed = new HashSet<>();
  private String problem = "";

  /**
   * Of one node; knows nothing yet.
   *
   * @param onProblem told, as a sentence, what the kernel or the views themselves do not allow
   */
  Views(
      NodeKeyPair keyPair,
      SpiTags tags,
      DataPlane dataPlane,
      InstantSource clock,
      Consumer<String> onProblem) {
    this.planner = new TunnelPlanner(keyPair, tags::of);
    this.dataPlane = dataPlane;
    this.clock = clock;
    this.onProblem = onProblem;
  }

  /**
   * Takes a whole view, unless a newer one is known: a server that was stopped and goes on, or is
   * cut off, may not know yet that it is behind. Whatever it hears next is a gap, and leads to
   * another whole view.
   *
   * @return what is known now; empty if it was the newer one, and still is
   * @throws IllegalArgumentException if it is not valid; then nothing has changed
   */
  Optional<VpnReplica> take(Snapshot snapshot) {
    String vpnId = snapshot.getVpnId();
    awaited.remove(vpnId);
    VpnReplica known = replicas.get(vpnId);
    if (known != null && snapshot.getRevision() < known.revision() && !believed.contains(vpnId)) {
      return Optional.empty();
    }
    VpnReplica next = VpnReplica.of(snapshot, known);
    put(next);
    return Optional.of(next);
  }

  /** From now on the present server's views of a VPN are taken, also if they are older. */
  void believe(String vpnId) {
    believed.add(vpnId);
  }

  /**
   * Takes an update, if it follows what is known.
   *
   * @throws IllegalArgumentException if the view that it leads to is not valid
   */
  Taken take(Update update) {
    VpnReplica known = replicas.get(update.getVpnId());
    Optional<VpnReplica> next = known == null ? Optional.empty() : known.apply(update);
    if (next.isPresent()) {
      put(next.get());
      return Taken.APPLIED;
    }
    return awaited.add(update.getVpnId()) ? Taken.GAP : Taken.AWAITING_VIEW;
  }

  private void put(VpnReplica replica) {
    TunnelPlanner.requireValid(replica);
    replicas.put(replica.vpnId(), replica);
    follow();
    applied.put(
        replica.vpnId(), new AgentStatus.AppliedRevision(replica.revision(), clock.instant()));
  }

  /** A VPN's view; it must be known. */
  VpnReplica of(String vpnId) {
    VpnReplica replica = replicas.get(vpnId);
    if (replica == null) {
      throw new IllegalArgumentException("nothing is known of " + vpnId);
    }
    return replica;
  }

  /** A new link: views that were asked for on the old one do not come any more. */
  void awaitNone() {
    awaited.clear();
    believed.clear();
  }

  /** Forgets what is not among the VPNs given. */
  void keepOnly(Collection<String> vpnIds) {
    if (replicas.keySet().retainAll(vpnIds)) {
      applied.keySet().retainAll(vpnIds);
      follow();
    }
  }

  /** Nothing known. */
  boolean isEmpty() {
    return replicas.isEmpty();
  }

  List<VpnReplica> all() {
    return List.copyOf(replicas.values());
  }

  /** What the engine has taken, by VPN. */
  Map<String, AgentStatus.AppliedRevision> applied() {
    return Map.copyOf(applied);
  }

  /** This node's own addresses in its VPNs. */
  Set<InetAddress> virtualAddresses() {
    Set<InetAddress> addresses = new HashSet<>();
    replicas.values().forEach(replica -> addresses.addAll(TunnelPlanner.addresses(replica.self())));
    return addresses;
  }

  /** What does not work of it, as a sentence; empty if all does. */
  String problem() {
    return problem;
  }

  private void follow() {
    PoolConflicts pools = PoolConflicts.among(replicas.values());
    List<VpnReplica> usable = pools.usable();
    String now = String.join("; ", pools.problems());
    try {
      dataPlane.apply(new TunnelPlan(planner, usable));
    } catch (UncheckedIOException e) {
      now = String.valueOf(e.getMessage());
    }
    if (!now.isEmpty() && !now.equals(problem)) {
      onProblem.accept(now);
    }
    problem = now;
  }
}
