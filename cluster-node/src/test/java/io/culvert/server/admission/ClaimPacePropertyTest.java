package io.culvert.server.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ClaimPacePropertyTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long nowNanos;

  /** Whoever comes when: no second sees more claims than a burst and a second's worth. */
  @Property(tries = 200)
  void noMoreTurnsThanTheRate(
      @ForAll @IntRange(min = 1, max = 50) int perSecond,
      @ForAll @IntRange(min = 1, max = 400) int sessions,
      @ForAll long seed) {
    nowNanos = seed;
    ClaimPace pace = new ClaimPace(perSecond, () -> false, () -> nowNanos);
    Random random = new Random(seed);
    List<Long> turns = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      nowNanos += random.nextLong(SECOND / 50);
      Duration wait = pace.next();
      if (wait.equals(ClaimPace.HORIZON)) {
        break;
      }
      turns.add(nowNanos + wait.toNanos() - seed);
    }
    Collections.sort(turns);
    for (int i = 2 * perSecond; i < turns.size(); i++) {
      assertThat(turns.get(i) - turns.get(i - 2 * perSecond))
          .isGreaterThanOrEqualTo(SECOND - perSecond);
    }
  }

  /** Those that reserve a turn and go again make nobody wait longer than the horizon. */
  @Property(tries = 50)
  void nobodyWaitsLongerThanTheHorizon(
      @ForAll @IntRange(min = 1, max = 50) int perSecond,
      @ForAll @IntRange(min = 1, max = 20_000) int sessions) {
    nowNanos = 0;
    ClaimPace pace = new ClaimPace(perSecond, () -> false, () -> nowNanos);
    for (int i = 0; i < sessions; i++) {
      assertThat(pace.next()).isLessThanOrEqualTo(ClaimPace.HORIZON);
    }
  }

  @Property(tries = 50)
  void whoComesAloneDoesNotWait(@ForAll @IntRange(min = 1, max = 50) int perSecond) {
    nowNanos = 0;
    ClaimPace pace = new ClaimPace(perSecond, () -> false, () -> nowNanos);
    for (int i = 0; i < 100; i++) {
      assertThat(pace.next()).isZero();
      nowNanos += SECOND / perSecond;
    }
  }
}
