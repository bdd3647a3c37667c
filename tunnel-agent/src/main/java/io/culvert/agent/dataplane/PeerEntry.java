package io.culvert.agent.dataplane;

import io.culvert.agent.dataplane.TunnelConfiguration.PairSecurityAssociations;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.masquerade.MasqueradeHeader;
import io.culvert.agent.sad.SecurityAssociationPair;
import io.culvert.agent.sad.SecurityAssociationRegistry;
import io.culvert.agent.sad.SpiTable;
import io.culvert.agent.spd.TrafficSelector;
import io.culvert.agent.transport.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One peer in the control thread's books: what is configured, and its association pairs, newest
 * first.
 */
final class PeerEntry {
  /** More superseded pairs of a peer than this are not kept: the oldest goes. */
  static final int MAX_PAIRS = 4;

  private final PeerState state;
  private final List<Generation> generations = new ArrayList<>();
  private TunnelConfiguration.Peer configured;

  PeerEntry(TunnelConfiguration.Peer configured) {
    state = new PeerState(configured.vpnId(), configured.nodeId());
    this.configured = configured;
  }

  TunnelConfiguration.Peer configured() {
    return configured;
  }

  PeerState state() {
    return state;
  }

  /** Whether a pair of this identity is in use, so that its keys are not needed again. */
  boolean uses(String identity) {
    return generations.stream().anyMatch(known -> known.pair.identity().equals(identity));
  }

  /**
   * Takes a new configuration of the peer; pairs that it ends go to {@code released}.
   *
   * @param fresh keys for an identity that is not in use; null if there are none
   * @param number of the generation, should there be a new one
   */
  void update(
      TunnelConfiguration.Peer peer,
      @Nullable KeyMaterialPair fresh,
      SecurityAssociationRegistry associations,
      long number,
      List<SecurityAssociationPair> released) {
    configured = peer;
    PairSecurityAssociations keys = peer.keys();
    Generation generation = keys == null ? null : takeOut(keys.identity());
    if (generation == null && keys != null && fresh != null) {
      generation =
          new Generation(
              number,
              associations.create(
                  keys.identity(),
                  keys.transform(),
                  keys.outboundSpiInt(),
                  fresh.outbound(),
                  keys.inboundSpiInt(),
                  fresh.inbound()));
    }
    if (generation == null) {
      releaseFrom(0, released);
    } else {
      generations.add(0, generation);
      releaseFrom(MAX_PAIRS, released);
    }
  }

  /** Takes the pair of this identity out of the list; gives it a new number if it was not first. */
  private @Nullable Generation takeOut(String identity) {
    for (int i = 0; i < generations.size(); i++) {
      if (generations.get(i).pair.identity().equals(identity)) {
        long newestNumber = generations.get(0).number;
        return new Generation(newestNumber, generations.remove(i).pair);
      }
    }
    return null;
  }

  /** Ends the pairs whose grace is over. */
  void releaseRetired(List<SecurityAssociationPair> released) {
    for (Generation generation : List.copyOf(generations)) {
      if (generation.pair.isRetired()) {
        generations.remove(generation);
        released.add(generation.pair);
      }
    }
  }

  /** Ends all pairs but the {@code keep} newest. */
  void releaseFrom(int keep, List<SecurityAssociationPair> released) {
    while (generations.size() > keep) {
      released.add(generations.removeLast().pair);
    }
  }

  /** The peer's part of a snapshot. */
  PeerPolicy policy() {
    int word =
        MasqueradeHeader.MASQUERADE
            | (configured.senderBehindNat() ? MasqueradeHeader.SENDER_BEHIND_NAT : 0);
    return new PeerPolicy(
        state,
        new TrafficSelector(configured.localAddresses(), configured.remoteAddresses()),
        configured.candidates().toArray(Endpoint[]::new),
        word,
        generations.stream().map(Generation::pair).toArray(SecurityAssociationPair[]::new));
  }

  /** Adds the pairs to the SAD, so that the newest of one SPI is found first. */
  void bind(PeerPolicy policy, SpiTable<InboundBinding> table) {
    for (Generation generation : generations.reversed()) {
      int spiInt = generation.pair.inbound().spiInt();
      table.put(
          spiInt,
          new InboundBinding(policy, generation.pair, generation.number, table.get(spiInt)));
    }
  }

  /** A pair and the number of its generation, which grows with each pair that is made. */
  private record Generation(long number, SecurityAssociationPair pair) {}
}
