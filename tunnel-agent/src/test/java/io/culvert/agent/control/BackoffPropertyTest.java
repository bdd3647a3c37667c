package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BackoffPropertyTest {
  @Property(tries = 200)
  void doublesItsBoundAndJittersOverTheUpperHalf(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int attempts) {
    Backoff backoff = new Backoff(new Random(seed));
    long bound = Backoff.FIRST.toMillis();
    for (int i = 0; i < attempts; i++) {
      assertThat(backoff.next()).isBetween(Duration.ofMillis(bound / 2), Duration.ofMillis(bound));
      bound = Math.min(Backoff.LONGEST.toMillis(), 2 * bound);
    }
    backoff.reset();
    assertThat(backoff.next()).isLessThanOrEqualTo(Backoff.FIRST);
  }
}
