package io.culvert.agent.dataplane;

import io.culvert.agent.sad.SecurityAssociationPair;
import io.culvert.agent.spd.TrafficSelector;
import io.culvert.agent.transport.Endpoint;
import org.jspecify.annotations.Nullable;

/** What one configuration says about a peer. Immutable; read by both workers. */
final class PeerPolicy {
  private final PeerState state;
  private final TrafficSelector selector;
  private final Endpoint[] candidates;
  private final int masqueradeWord;
  private final SecurityAssociationPair[] pairs;

  /**
   * A policy.
   *
   * @param pairs newest first; empty while the peer is offline
   */
  PeerPolicy(
      PeerState state,
      TrafficSelector selector,
      Endpoint[] candidates,
      int masqueradeWord,
      SecurityAssociationPair[] pairs) {
    this.state = state;
    this.selector = selector;
    this.candidates = candidates;
    this.masqueradeWord = masqueradeWord;
    this.pairs = pairs;
  }

  PeerState state() {
    return state;
  }

  TrafficSelector selector() {
    return selector;
  }

  int candidateCount() {
    return candidates.length;
  }

  Endpoint candidate(int index) {
    return candidates[index];
  }

  /** The masquerade header of what is sent, without C. */
  int masqueradeWord() {
    return masqueradeWord;
  }

  int pairCount() {
    return pairs.length;
  }

  SecurityAssociationPair pair(int index) {
    return pairs[index];
  }

  /** The newest pair; null while the peer is offline. */
  @Nullable SecurityAssociationPair newest() {
    return pairs.length == 0 ? null : pairs[0];
  }

  /** The pair for data: the newest that the peer has shown to have, otherwise the newest. */
  @Nullable SecurityAssociationPair outboundPair() {
    for (SecurityAssociationPair pair : pairs) {
      if (pair.isProven() && !pair.isRetired()) {
        return pair;
      }
    }
    return newest();
  }

  /** Where data goes: where the peer's packets come from, otherwise to the best candidate. */
  @Nullable Endpoint destination() {
    Endpoint learned = state.endpoint();
    if (learned != null) {
      return learned;
    }
    return candidates.length == 0 ? null : candidates[0];
  }
}
