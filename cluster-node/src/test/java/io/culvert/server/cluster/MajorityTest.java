package io.culvert.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.Address;
import org.junit.jupiter.api.Test;

class MajorityTest {
  private static List<Address> servers(int... ports) {
    return IntStream.of(ports)
        .mapToObj(port -> new Address("pekko", "culvert", "127.0.0.1", port))
        .toList();
  }

  @Test
  void aWholeClusterRefusesNothing() {
    assertThat(Majority.problem(servers(1), servers())).isEmpty();
    assertThat(Majority.problem(servers(1, 2), servers())).isEmpty();
    assertThat(Majority.problem(servers(), servers())).as("not a member yet").isEmpty();
  }

  @Test
  void moreThanHalfGoesOn() {
    assertThat(Majority.problem(servers(1, 2, 3), servers(1))).isEmpty();
    assertThat(Majority.problem(servers(1, 2, 3, 4, 5), servers(4, 5))).isEmpty();
  }

  @Test
  void lessThanHalfRefusesWithASentence() {
    assertThat(Majority.problem(servers(1, 2, 3), servers(2, 3)).orElseThrow())
        .startsWith("this server reaches only 1 of 3 servers");
    assertThat(Majority.problem(servers(1, 2, 3, 4, 5), servers(1, 2, 3))).isPresent();
  }

  @Test
  void ofTwoHalvesTheOneWithTheLowestAddressGoesOn() {
    assertThat(Majority.problem(servers(1, 2), servers(2))).isEmpty();
    assertThat(Majority.problem(servers(1, 2), servers(1))).isPresent();
    assertThat(Majority.problem(servers(4, 2, 3, 1), servers(3, 4))).isEmpty();
    assertThat(Majority.problem(servers(4, 2, 3, 1), servers(1, 2))).isPresent();
  }
}
