package io.culvert.agent.dataplane;

import io.culvert.agent.sad.SpiTable;
import io.culvert.agent.spd.SecurityPolicyDatabase;
import java.util.List;

/**
 * The SPD and SAD of one configuration. Immutable; published whole.
 *
 * @param version grows with each one published
 */
record Snapshot(
    long version,
    SecurityPolicyDatabase<PeerPolicy> policies,
    SpiTable<InboundBinding> associations,
    List<PeerPolicy> peers) {
  /** Nothing is carried. */
  static final Snapshot EMPTY =
      new Snapshot(0, new SecurityPolicyDatabase<>(0), new SpiTable<>(0), List.of());
}
