package io.culvert.server.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Looks from time to time how many agents each server has, and lets some of this server's go when
 * it has too many: after a server joined, above all.
 */
final class Rebalancer {
  /** Lets agents go. */
  @FunctionalInterface
  interface Mover {
    /**
     * Tells so many agents to move; does not block.
     *
     * @param within each at its own moment within this time
     */
    void move(int agents, Duration within);
  }

  /** Messages of the actor. */
  sealed interface Message {}

  private enum Look implements Message {
    INSTANCE
  }

  private record Seen(@Nullable List<ServerGroup.MemberServer> members) implements Message {}

  private final String address;

  /** Of all servers, at the last look. */
  private long agentsBefore;

  private Rebalancer(String address) {
    this.address = address;
  }

  /**
   * The actor.
   *
   * @param address of this server, as {@link ServerStanding} has it
   * @param members of the cluster, with what they say of themselves
   * @param interval between two looks; who is told to move goes in the first half of it, so that
   *     the next look does not count him any more
   */
  static Behavior<Message> create(
      String address,
      Supplier<CompletionStage<List<ServerGroup.MemberServer>>> members,
      Mover mover,
      Duration interval) {
    return Behaviors.withTimers(
        timers -> {
          timers.startTimerWithFixedDelay(Look.INSTANCE, interval);
          return Behaviors.setup(
              context -> {
                Rebalancer rebalancer = new Rebalancer(address);
                return Behaviors.receive(Message.class)
                    .onMessage(
                        Look.class,
                        look -> {
                          context.pipeToSelf(members.get(), (list, failure) -> new Seen(list));
                          return Behaviors.same();
                        })
                    .onMessage(
                        Seen.class,
                        seen -> {
                          int moves = seen.members() == null ? 0 : rebalancer.plan(seen.members());
                          if (moves > 0) {
                            context
                                .getLog()
                                .info("tells {} agents to move to other servers", moves);
                            mover.move(moves, interval.dividedBy(2));
                          }
                          return Behaviors.same();
                        })
                    .build();
              });
        });
  }

  /**
   * While a server does not answer, nobody knows how many agents it has: nothing moves. While
   * agents come or go in crowds nothing moves either: they choose among the servers themselves.
   */
  private int plan(List<ServerGroup.MemberServer> members) {
    if (members.stream().anyMatch(member -> member.standing().isEmpty())) {
      return 0;
    }
    List<ServerStanding> taking =
        members.stream()
            .map(ServerGroup.MemberServer::standing)
            .flatMap(Optional::stream)
            .filter(standing -> !standing.draining())
            .toList();
    List<Integer> agents = taking.stream().map(ServerStanding::agents).toList();
    long before = agentsBefore;
    agentsBefore = agents.stream().mapToLong(Integer::longValue).sum();
    if (RebalancePlan.isInMotion(before, agentsBefore)) {
      return 0;
    }
    return taking.stream()
        .filter(standing -> standing.address().equals(address))
        .findFirst()
        .map(own -> RebalancePlan.moves(own.agents(), agents))
        .orElse(0);
  }
}
