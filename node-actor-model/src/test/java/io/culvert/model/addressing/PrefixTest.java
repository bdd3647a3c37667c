package io.culvert.model.addressing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixTest {
  @ParameterizedTest
  @CsvSource({
    "100.64.0.0/10, 100.127.0.0/16, true",
    "100.127.0.0/16, 100.64.0.0/10, true",
    "100.64.0.0/16, 100.65.0.0/16, false",
    "0.0.0.0/0, 203.0.113.0/24, true",
    "fd00::/48, fd00:0:0:ffff::/64, true",
    "fd00::/64, fd00:0:0:1::/64, false",
    "0.0.0.0/0, ::/0, false"
  })
  void knowsWhetherItOverlaps(String a, String b, boolean overlaps) {
    assertThat(Prefix.parse(a).overlaps(Prefix.parse(b))).isEqualTo(overlaps);
  }

  @Test
  void countsItsAddresses() {
    assertThat(Prefix.parse("10.0.0.0/30").size()).isEqualTo(4);
    assertThat(Prefix.parse("fd00::/64").size()).isEqualTo(BigInteger.ONE.shiftLeft(64));
  }

  @Test
  void carriesOverIntoHigherOctets() {
    assertThat(Prefix.parse("10.0.0.0/8").address(0x010203))
        .isEqualTo(InetAddress.ofLiteral("10.1.2.3"));
    assertThat(Prefix.parse("fd00::/64").address(0x12345))
        .isEqualTo(InetAddress.ofLiteral("fd00::1:2345"));
  }

  @Test
  void hasNoAddressOutside() {
    Prefix prefix = Prefix.parse("10.0.0.0/30");
    assertThat(prefix.address(3)).isEqualTo(InetAddress.ofLiteral("10.0.0.3"));
    assertThatThrownBy(() -> prefix.address(4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> prefix.address(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.1/24",
        "10.0.0.256/24",
        "fd00::/129",
        "fd00::1/64",
        "example.org/24",
        "10.0.0.0/24/24",
        "/24"
      })
  void refusesWhatIsNoPrefix(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Prefix.parse(text))
        .satisfies(refusal -> assertThat(refusal.getMessage()).contains("prefix"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/7", "10.0.0.0/31", "fd00::/64"})
  void refusesWhatIsNoIpv4Pool(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Prefix.parseIpv4Pool(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fd00::/47", "fd00::/113", "10.0.0.0/16"})
  void refusesWhatIsNoIpv6Pool(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Prefix.parseIpv6Pool(text));
  }

  @Test
  void theSmallerPoolDecidesHowManyMembersFit() {
    Prefix wideIpv6 = Prefix.parse("fd00::/64");
    assertThat(Places.capacity(Prefix.parse("10.0.0.0/30"), wideIpv6)).isEqualTo(1);
    assertThat(Places.capacity(Prefix.parse("10.0.0.0/24"), wideIpv6)).isEqualTo(253);
    assertThat(Places.capacity(Prefix.parse("10.0.0.0/8"), wideIpv6)).isEqualTo(Places.MAX_INDEX);
    Prefix narrowIpv6 = Prefix.parse("fd00::/112");
    int capacity = Places.capacity(Prefix.parse("10.0.0.0/8"), narrowIpv6);
    assertThat(capacity).isEqualTo(65_533);
    assertThat(narrowIpv6.address(Places.offset(capacity)))
        .isEqualTo(InetAddress.ofLiteral("fd00::fffe"));
  }

  @Test
  void theFirstMemberGetsTheThirdAddressAndTheLastOneTheLastBeforeBroadcast() {
    Prefix pool = Prefix.parse("10.0.0.0/24");
    assertThat(pool.address(Places.offset(1))).isEqualTo(InetAddress.ofLiteral("10.0.0.2"));
    int capacity = Places.capacity(pool, Prefix.parse("fd00::/64"));
    assertThat(pool.address(Places.offset(capacity)))
        .isEqualTo(InetAddress.ofLiteral("10.0.0.254"));
  }
}
