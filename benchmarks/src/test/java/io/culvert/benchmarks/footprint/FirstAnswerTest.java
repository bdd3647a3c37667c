package io.culvert.benchmarks.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FirstAnswerTest {
  private static final String OUTPUT =
      """
      PING 100.64.0.1 (100.64.0.1) 56(84) bytes of data.
      [1795837575.900000] 64 bytes from 100.64.0.1: icmp_seq=1 ttl=64 time=0.30 ms
      [1795837576.950000] no answer yet for icmp_seq=2
      [1795837577.250500] 64 bytes from 100.64.0.1: icmp_seq=70 ttl=64 time=12.1 ms
      [1795837577.270000] 64 bytes from 100.64.0.1: icmp_seq=71 ttl=64 time=0.31 ms
      """;

  @Test
  void isTheFirstOneSinceTheStart() {
    assertThat(FirstAnswer.after(Instant.ofEpochSecond(1795837576), OUTPUT))
        .contains(Duration.ofNanos(1_250_500_000));
  }

  @Test
  void isNoneBeforeAnythingIsAnswered() {
    assertThat(FirstAnswer.after(Instant.ofEpochSecond(1795837578), OUTPUT)).isEmpty();
    assertThat(FirstAnswer.after(Instant.EPOCH, "PING 100.64.0.1\n")).isEmpty();
  }
}
