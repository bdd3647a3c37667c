package io.culvert.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.discovery.ServerAddresses.Target;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AddressOrderPropertyTest {
  /** The n-th address failed as often as the n-th number says. */
  private static Map<Target, Integer> failures(List<Integer> ipv4, List<Integer> ipv6) {
    Map<Target, Integer> failures = new HashMap<>();
    for (int i = 0; i < ipv4.size(); i++) {
      failures.put(Addresses.target(Addresses.ipv4(i + 1)), ipv4.get(i));
    }
    for (int i = 0; i < ipv6.size(); i++) {
      failures.put(Addresses.target(Addresses.ipv6(i + 1)), ipv6.get(i));
    }
    return failures;
  }

  private static List<Target> order(Map<Target, Integer> failures, Random random) {
    return AddressOrder.of(failures.keySet(), target -> failures.getOrDefault(target, 0), random);
  }

  @Property(tries = 300)
  void namesEachAddressOnceAndThoseThatFailedLast(
      @ForAll @Size(max = 8) List<@IntRange(max = 3) Integer> ipv4,
      @ForAll @Size(max = 8) List<@IntRange(max = 3) Integer> ipv6,
      @ForAll long seed) {
    Map<Target, Integer> failures = failures(ipv4, ipv6);

    List<Target> order = order(failures, new Random(seed));

    assertThat(order).containsExactlyInAnyOrderElementsOf(failures.keySet());
    assertThat(order.stream().map(failures::get)).isSorted();
  }

  @Property(tries = 300)
  void alternatesTheFamiliesWhileThereAreTwo(
      @ForAll @IntRange(max = 8) int ipv4, @ForAll @IntRange(max = 8) int ipv6, @ForAll long seed) {
    Map<Target, Integer> failures =
        failures(Collections.nCopies(ipv4, 0), Collections.nCopies(ipv6, 0));

    List<Target> order = order(failures, new Random(seed));

    int both = Math.min(ipv4, ipv6);
    for (int i = 1; i < 2 * both; i++) {
      assertThat(AddressOrder.isIpv6(order.get(i)))
          .isNotEqualTo(AddressOrder.isIpv6(order.get(i - 1)));
    }
  }

  /** Each of 4 should be first in 1,000 of 4,000; the standard deviation is 27. */
  @Test
  void spreadsAgentsEvenlyOverServers() {
    Map<Target, Integer> failures = failures(List.of(0, 0, 0), List.of(0));
    Map<Target, Integer> first = new HashMap<>();
    Random random = new Random(1);
    for (int agent = 0; agent < 4_000; agent++) {
      first.merge(order(failures, random).getFirst(), 1, Integer::sum);
    }
    assertThat(first).hasSize(4);
    assertThat(first.values()).allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
  }
}
