package io.culvert.model.addressing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.0/16, true",
    "10.255.0.0/16, 10.0.0.0/8, true",
    "10.0.0.0/16, 10.1.0.0/16, false",
    "fd00::/64, fd00::/48, true",
    "fd00::/64, fd00:0:0:1::/64, false",
    "0.0.0.0/0, 10.1.0.0/16, true",
    "0.0.0.0/0, ::/0, false"
  })
  void knowsWhatOverlaps(String a, String b, boolean expected) {
    assertThat(Prefix.parse(a).overlaps(Prefix.parse(b))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0", "10.0.0.1/8", "10.0.0.0/33", "x/8", "10.0.0.0/x", "fd00::1/64", ""})
  void refusesWhatIsNoPrefix(String text) {
    assertThatThrownBy(() -> Prefix.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/31", "8.0.0.0/7", "fd00::/64"})
  void refusesWhatIsNoIpv4Pool(String text) {
    assertThatThrownBy(() -> Prefix.parseIpv4Pool(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("IPv4");
  }

  @Test
  void countsFromTheFirstAddress() {
    assertThat(Prefix.parse("100.64.0.0/16").address(258).getHostAddress()).isEqualTo("100.64.1.2");
    assertThat(Prefix.parse("fd00::/64").address(65536).getHostAddress())
        .isEqualTo("fd00:0:0:0:0:0:1:0");
    assertThatThrownBy(() -> Prefix.parse("10.0.0.0/30").address(4))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
