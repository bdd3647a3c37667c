package io.culvert.agent.dataplane;

import io.culvert.agent.capture.CaptureTap;
import io.culvert.agent.sad.SpiTable;
import io.culvert.agent.spd.SecurityPolicyDatabase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The SPD and SAD of one configuration. Immutable; published whole.
 *
 * @param version grows with each one published
 * @param tap where copies of the packets go; null while none are wanted
 */
record Snapshot(
    long version,
    SecurityPolicyDatabase<PeerPolicy> policies,
    SpiTable<InboundBinding> associations,
    List<PeerPolicy> peers,
    @Nullable CaptureTap tap) {
  /** Nothing is carried. */
  static final Snapshot EMPTY =
      new Snapshot(0, new SecurityPolicyDatabase<>(0), new SpiTable<>(0), List.of(), null);

  /** The same with another tap. */
  Snapshot tapped(@Nullable CaptureTap newTap) {
    return new Snapshot(version, policies, associations, peers, newTap);
  }
}
