package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BackoffPropertyTest {
  @Property(tries = 200)
  void doublesItsBoundAndJittersOverTheUpperHalf(
      @ForAll long seed, @ForAll Backoff.Cause cause, @ForAll @IntRange(min = 1, max = 20) int n) {
    Backoff backoff = new Backoff(new Random(seed));
    long bound = Backoff.FIRST.toMillis();
    for (int i = 0; i < n; i++) {
      assertThat(backoff.next(cause))
          .isBetween(Duration.ofMillis(bound / 2), Duration.ofMillis(bound));
      bound = Math.min(cause.longest.toMillis(), 2 * bound);
    }
    backoff.reset();
    assertThat(backoff.next(cause)).isLessThanOrEqualTo(Backoff.FIRST);
  }

  @Property(tries = 200)
  void waitsNeverLongWhereNothingAnswers(@ForAll long seed, @ForAll List<Backoff.Cause> before) {
    Backoff backoff = new Backoff(new Random(seed));
    before.forEach(cause -> assertThat(backoff.next(cause)).isLessThanOrEqualTo(cause.longest));
    assertThat(backoff.next(Backoff.Cause.UNREACHABLE)).isLessThanOrEqualTo(Duration.ofSeconds(2));
  }
}
