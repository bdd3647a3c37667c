package io.culvert.model.vpn;

import io.culvert.model.identity.NodeId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which Node entities a Vpn entity tells of their memberships now, so that a thousand admissions
 * neither make a thousand Node entities write at one moment, nor cost the Vpn entity a thousand
 * writes.
 *
 * <p>At most {@link #AT_ONCE} are told at one time; the newest changes first. What they confirm is
 * collected until nobody is left to be told, or {@link #WRITTEN_TOGETHER} have confirmed. Owned by
 * the entity's actor. Nothing of it is durable: who has not confirmed stands in the {@link
 * VpnLedger}, and {@link #sweep} finds it there.
 */
final class MembershipNotices {
  /** How many Node entities are told at one time: fewer than find room before the journal. */
  static final int AT_ONCE = 128;

  /** How many confirmations are journalled in one write, at most. */
  static final int WRITTEN_TOGETHER = 100;

  private final Consumer<Notice> tell;
  private final LinkedHashMap<NodeId, Notice> waiting = new LinkedHashMap<>();
  private final Map<NodeId, Long> underWay = new HashMap<>();
  private final Map<NodeId, VpnEvent.NodeInformed> confirmed = new LinkedHashMap<>();

  /**
   * Nobody is told yet.
   *
   * @param tell asks a Node entity to confirm; it does, or misses it, later
   */
  MembershipNotices(Consumer<Notice> tell) {
    this.tell = tell;
  }

  /**
   * What a Node entity is told.
   *
   * @param member whether the node is a member as of the VPN's {@code revision}
   */
  record Notice(NodeId node, boolean member, long revision) {}

  /** Those whose membership has changed after a revision are told now, before all others. */
  void changed(VpnLedger ledger, long afterRevision) {
    ledger
        .uninformed()
        .forEach(
            (node, revision) -> {
              if (revision > afterRevision) {
                waiting.putFirst(node, notice(ledger, node, revision));
              }
            });
    tellNext();
  }

  /** Whoever has not confirmed and is not being told, is told again when it is its turn. */
  void sweep(VpnLedger ledger) {
    ledger
        .uninformed()
        .forEach(
            (node, revision) -> {
              if (!revision.equals(underWay.get(node)) && !isConfirmed(node, revision)) {
                waiting.put(node, notice(ledger, node, revision));
              }
            });
    tellNext();
  }

  private static Notice notice(VpnLedger ledger, NodeId node, long revision) {
    return new Notice(node, ledger.state().memberships().containsKey(node), revision);
  }

  private boolean isConfirmed(NodeId node, long revision) {
    VpnEvent.NodeInformed event = confirmed.get(node);
    return event != null && event.revision() == revision;
  }

  /** A node confirmed what is still its last change. */
  void confirmed(VpnEvent.NodeInformed event) {
    confirmed.put(event.node(), event);
    underWay.remove(event.node(), event.revision());
    tellNext();
  }

  /** A node did not confirm in time, or what it confirmed counts no more. */
  void missed(NodeId node, long revision) {
    underWay.remove(node, revision);
    tellNext();
  }

  private void tellNext() {
    while (underWay.size() < AT_ONCE && !waiting.isEmpty()) {
      Notice next = waiting.pollFirstEntry().getValue();
      underWay.put(next.node(), next.revision());
      tell.accept(next);
    }
  }

  /** The confirmations that are due to be journalled, once; often none. */
  List<VpnEvent> due() {
    if (confirmed.size() < WRITTEN_TOGETHER && !underWay.isEmpty()) {
      return List.of();
    }
    List<VpnEvent> events = List.copyOf(confirmed.values());
    confirmed.clear();
    return events;
  }

  /** After a recovery the ledger alone says who has not confirmed. */
  void forget() {
    waiting.clear();
    underWay.clear();
    confirmed.clear();
  }
}
