package io.culvert.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundTripsTest {
  @Test
  void readsEachAnswer() {
    RoundTrips times =
        RoundTrips.parse(
            """
            PING 10.77.1.2 (10.77.1.2) 56(84) bytes of data.
            64 bytes from 10.77.1.2: icmp_seq=1 ttl=64 time=3.39 ms
            64 bytes from 10.77.1.2: icmp_seq=2 ttl=64 time=0.5 ms
            64 bytes from 10.77.1.2: icmp_seq=3 ttl=64 time=12 ms

            rtt min/avg/max/mdev = 0.578/3.238/5.750/2.114 ms
            """);

    assertThat(times.millis()).containsExactly(0.5, 3.39, 12.0);
    assertThat(times.meanMillis()).isEqualTo(5.296, offset(0.001));
  }

  @Test
  void aPercentileIsTheNearestRank() {
    RoundTrips times =
        new RoundTrips(IntStream.rangeClosed(1, 200).mapToObj(Double::valueOf).toList());

    assertThat(times.percentileMillis(99)).isEqualTo(198);
    assertThat(times.percentileMillis(50)).isEqualTo(100);
    assertThat(times.percentileMillis(100)).isEqualTo(200);
    assertThat(new RoundTrips(List.of(7.0)).percentileMillis(99)).isEqualTo(7);
  }

  @Test
  void doesNotTakeSilenceForAFigure() {
    assertThatThrownBy(() -> RoundTrips.parse("PING 10.77.1.2\n"))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("no ping was answered");
  }
}
