package io.culvert.agent.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolConflictsTest {
  private static VpnReplica replica(String id, int net) {
    return VpnReplica.of(Views.snapshot(net).setVpnId(id).build(), null);
  }

  @Test
  void usesVpnsWithDistinctPoolsTogether() {
    PoolConflicts conflicts = PoolConflicts.among(List.of(replica("a/a", 1), replica("a/b", 2)));
    assertThat(conflicts.usable()).extracting(VpnReplica::vpnId).containsExactly("a/a", "a/b");
    assertThat(conflicts.problems()).isEmpty();
  }

  @Test
  void keepsTheFirstOfTwoAndNamesBoth() {
    PoolConflicts conflicts =
        PoolConflicts.among(List.of(replica("a/a", 1), replica("a/b", 1), replica("a/c", 3)));
    assertThat(conflicts.usable()).extracting(VpnReplica::vpnId).containsExactly("a/a", "a/c");
    assertThat(conflicts.problems())
        .singleElement()
        .asString()
        .startsWith("a/b is not used: its address pools overlap with those of a/a");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.0.0/16, true",
    "10.1.0.0/16, 10.0.0.0/8, true",
    "10.0.0.0/16, 10.1.0.0/16, false",
    "0.0.0.0/0, 10.1.0.0/16, true",
    "10.0.0.1/32, 10.0.0.1/32, true",
    "10.0.0.1/32, 10.0.0.2/32, false",
    "fd00::/64, fd00:0:0:0:8000::/65, true",
    "fd00::/64, fd00:0:0:1::/64, false",
  })
  void seesWhetherPrefixesShareAnAddress(String a, String b, boolean expected) {
    assertThat(PoolConflicts.overlap(a, b)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "x/8", "fd00::/129"})
  void refusesWhatIsNoPrefix(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> PoolConflicts.Cidr.parse(text));
  }
}
