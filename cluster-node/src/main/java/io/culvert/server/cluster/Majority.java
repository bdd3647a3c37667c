package io.culvert.server.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;

/**
 * Whether this server is on the side of a broken network that goes on. The Split Brain Resolver
 * decides some seconds later, by the same rule; until then a server on the other side must not
 * begin anything that it may not finish. Pure but for {@link #problem(Cluster)}.
 */
final class Majority {
  private Majority() {}

  /** Why changes are refused here, as a sentence; empty: they are not. Any thread. */
  static Optional<String> problem(Cluster cluster) {
    CurrentClusterState state = cluster.state();
    List<Address> all = new ArrayList<>();
    state
        .getMembers()
        .forEach(
            member -> {
              if (counts(member)) {
                all.add(member.address());
              }
            });
    List<Address> unreachable =
        state.getUnreachable().stream().filter(Majority::counts).map(Member::address).toList();
    return problem(all, unreachable);
  }

  private static boolean counts(Member member) {
    return member.status().equals(MemberStatus.up())
        || member.status().equals(MemberStatus.leaving());
  }

  /**
   * The rule of {@code keep-majority}: more than half goes on, and of two halves the one with the
   * lowest address.
   *
   * @param all members that count, this server among them
   * @param unreachable those of them that this side does not hear
   */
  static Optional<String> problem(List<Address> all, List<Address> unreachable) {
    int reached = all.size() - unreachable.size();
    boolean hasLowest =
        all.stream().min(Member.addressOrdering()).filter(unreachable::contains).isEmpty();
    boolean goesOn = reached * 2 == all.size() ? hasLowest : reached * 2 > all.size();
    return goesOn || unreachable.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "this server reaches only %d of %d servers, itself among them, and refuses changes: use another server"
                .formatted(reached, all.size()));
  }
}
