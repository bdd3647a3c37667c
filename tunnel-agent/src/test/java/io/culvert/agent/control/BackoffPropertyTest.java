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
  void growsItsBoundAndJittersOverTheUpperHalf(
      @ForAll long seed, @ForAll Backoff.Cause cause, @ForAll @IntRange(min = 1, max = 20) int n) {
    Backoff backoff = new Backoff(new Random(seed));
    long bound = Backoff.FIRST.toMillis();
    for (int i = 0; i < n; i++) {
      assertThat(backoff.next(cause))
          .isBetween(Duration.ofMillis(bound / 2), Duration.ofMillis(bound));
      long next = 2 * bound;
      if (cause == Backoff.Cause.UNREACHABLE) {
        next = Math.min(next, Math.max(Backoff.SHORT.toMillis(), bound * 5 / 4));
      }
      bound = Math.min(cause.longest.toMillis(), next);
    }
    backoff.reset();
    assertThat(backoff.next(cause)).isLessThanOrEqualTo(Backoff.FIRST);
  }

  @Property(tries = 200)
  void aServerThatComesBackIsFoundWithinTwoSecondsOrTheTimeThatItWasAway(@ForAll long seed) {
    Backoff backoff = new Backoff(new Random(seed));
    Duration away = Duration.ZERO;
    for (int i = 0; i < 20; i++) {
      Duration wait = backoff.next(Backoff.Cause.UNREACHABLE);
      assertThat(wait)
          .isLessThanOrEqualTo(away.compareTo(Backoff.SHORT) > 0 ? away : Backoff.SHORT);
      away = away.plus(wait);
    }
  }

  @Property(tries = 200)
  void waitsNeverLongWhereNothingAnswers(@ForAll long seed, @ForAll List<Backoff.Cause> before) {
    Backoff backoff = new Backoff(new Random(seed));
    before.forEach(cause -> assertThat(backoff.next(cause)).isLessThanOrEqualTo(cause.longest));
    assertThat(backoff.next(Backoff.Cause.UNREACHABLE)).isLessThanOrEqualTo(Duration.ofSeconds(8));
  }
}
