package io.culvert.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RebalancePlanPropertyTest {
  @Property
  void whoIsNotAboveTheToleranceKeepsItsAgents(
      @ForAll @Size(min = 1, max = 10) List<@IntRange(min = 0, max = 20_000) Integer> all) {
    long total = all.stream().mapToInt(Integer::intValue).sum();
    for (int agents : all) {
      long own = agents;
      int moves = RebalancePlan.moves(agents, all);
      if (own * 100 * all.size() <= total * 110 || (own - 1) * all.size() < total) {
        assertThat(moves).isZero();
      } else {
        assertThat(moves).isBetween(1, RebalancePlan.MAX_MOVES);
        assertThat((own - moves) * all.size()).as("left").isGreaterThanOrEqualTo(total);
      }
    }
  }

  /** Agents that are told to move go to any other server, as their shuffled addresses let them. */
  @Property(tries = 200)
  void agentsAreEvenAfterSomeRoundsAndThenNothingMoves(
      @ForAll @Size(min = 2, max = 6) List<@IntRange(min = 0, max = 3_000) Integer> before,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<Integer> servers = new ArrayList<>(before);
    int rounds = 0;
    while (round(servers, random)) {
      assertThat(++rounds).as("%s became %s", before, servers).isLessThan(300);
    }

    double mean = servers.stream().mapToInt(Integer::intValue).average().orElseThrow();
    assertThat(servers.stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(before.stream().mapToInt(Integer::intValue).sum());
    assertThat(Collections.max(servers))
        .isLessThanOrEqualTo((int) Math.max(Math.ceil(mean), Math.floor(mean * 1.1)));
  }

  @Example
  void aServerThatJoinsThreeFullOnesIsFilledWithinMinutes() {
    List<Integer> servers = new ArrayList<>(List.of(3_333, 3_333, 3_334, 0));
    Random random = new Random(1);
    int rounds = 0;
    while (round(servers, random)) {
      rounds++;
    }
    assertThat(rounds).as("rounds of ten seconds").isLessThan(60);
    assertThat(servers.getLast()).isGreaterThan(1_700);
  }

  /** One round of all servers at once; whether anything moved. */
  private static boolean round(List<Integer> servers, Random random) {
    List<Integer> counted = List.copyOf(servers);
    boolean moved = false;
    for (int from = 0; from < servers.size(); from++) {
      int moves = RebalancePlan.moves(counted.get(from), counted);
      moved |= moves > 0;
      for (int i = 0; i < moves; i++) {
        int to = (from + 1 + random.nextInt(servers.size() - 1)) % servers.size();
        servers.set(from, servers.get(from) - 1);
        servers.set(to, servers.get(to) + 1);
      }
    }
    return moved;
  }
}
