package io.culvert.agent.dataplane;

import io.culvert.agent.dataplane.TunnelConfiguration.PairSecurityAssociations;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.sad.SecurityAssociationPair;
import io.culvert.agent.sad.SecurityAssociationRegistry;
import io.culvert.agent.sad.SpiTable;
import io.culvert.agent.spd.SecurityPolicyDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns configurations into snapshots. What a new configuration names again keeps its state, its
 * associations, counters and replay windows; what it does not name is destroyed as soon as no
 * worker uses it.
 *
 * <p>Owned by the control thread.
 */
final class PeerRegistry {
  private final SecurityAssociationRegistry associations;
  private final List<SecurityAssociationPair> released = new ArrayList<>();
  private Map<String, PeerEntry> entries = new LinkedHashMap<>();
  private long version;
  private long generations;

  PeerRegistry(SecurityAssociationRegistry associations) {
    this.associations = associations;
  }

  /**
   * Takes pairs out whose grace is over.
   *
   * @return whether there were any, so that a {@link #snapshot} without them is due
   */
  boolean releaseRetired() {
    entries.values().forEach(entry -> entry.releaseRetired(released));
    return !released.isEmpty();
  }

  /**
   * Takes a configuration; {@link #snapshot} is due then.
   *
   * @throws IllegalArgumentException if a key has the wrong length; nothing has changed then
   */
  void apply(TunnelConfiguration configuration) {
    Map<String, KeyMaterialPair> fresh = deriveFresh(configuration);
    Map<String, PeerEntry> next = new LinkedHashMap<>();
    for (TunnelConfiguration.Peer peer : configuration.peers()) {
      String name = name(peer);
      PeerEntry known = next.getOrDefault(name, entries.get(name));
      PeerEntry entry = known != null ? known : new PeerEntry(peer);
      KeyMaterialPair keys = peer.keys() == null ? null : fresh.get(name(peer, peer.keys()));
      entry.update(peer, keys, associations, ++generations, released);
      next.put(name, entry);
    }
    for (Map.Entry<String, PeerEntry> entry : entries.entrySet()) {
      if (!next.containsKey(entry.getKey())) {
        entry.getValue().state().policy(null);
        entry.getValue().releaseFrom(0, released);
      }
    }
    entries = next;
  }

  private static String name(TunnelConfiguration.Peer peer) {
    return peer.vpnId() + ' ' + peer.nodeId();
  }

  private static String name(TunnelConfiguration.Peer peer, PairSecurityAssociations keys) {
    return name(peer) + ' ' + keys.identity();
  }

  /** The keys of all identities that are not in use, before anything is changed. */
  private Map<String, KeyMaterialPair> deriveFresh(TunnelConfiguration configuration) {
    Map<String, KeyMaterialPair> fresh = new HashMap<>();
    try {
      for (TunnelConfiguration.Peer peer : configuration.peers()) {
        PairSecurityAssociations keys = peer.keys();
        PeerEntry known = entries.get(name(peer));
        if (keys == null
            || fresh.containsKey(name(peer, keys))
            || (known != null && known.uses(keys.identity()))) {
          continue;
        }
        KeyMaterialPair derived = keys.keys().derive();
        if (derived != null) {
          fresh.put(name(peer, keys), derived);
          requireValid(peer, keys.transform(), derived);
        }
      }
    } catch (RuntimeException e) {
      fresh.values().forEach(KeyMaterialPair::close);
      throw e;
    }
    return fresh;
  }

  private static void requireValid(
      TunnelConfiguration.Peer peer, EspTransform transform, KeyMaterialPair keys) {
    int wanted = transform.keyMaterialBytes();
    if (keys.outbound().lengthBytes() != wanted || keys.inbound().lengthBytes() != wanted) {
      throw new IllegalArgumentException(
          "%s of %s needs %d bytes of keying material for each direction"
              .formatted(transform, peer.nodeId(), wanted));
    }
  }

  /** The SPD and SAD of what was applied last. */
  Snapshot snapshot() {
    int addressPairs = 0;
    for (PeerEntry entry : entries.values()) {
      TunnelConfiguration.Peer peer = entry.configured();
      addressPairs += peer.localAddresses().size() * peer.remoteAddresses().size();
    }
    var policies = new SecurityPolicyDatabase<PeerPolicy>(addressPairs);
    var bindings = new SpiTable<InboundBinding>(entries.size() * PeerEntry.MAX_PAIRS);
    List<PeerPolicy> peers = new ArrayList<>(entries.size());
    for (PeerEntry entry : entries.values()) {
      PeerPolicy policy = entry.policy();
      TunnelConfiguration.Peer peer = entry.configured();
      policies.protect(peer.localAddresses(), peer.remoteAddresses(), policy);
      entry.bind(policy, bindings);
      entry.state().policy(policy);
      peers.add(policy);
    }
    version++;
    return new Snapshot(version, policies, bindings, List.copyOf(peers), null);
  }

  /** Destroys what earlier snapshots used, once no worker uses them any more. */
  void destroyReleased() {
    released.forEach(associations::destroy);
    released.clear();
  }
}
