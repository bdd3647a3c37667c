package io.culvert.agent.discovery;

import static io.culvert.agent.discovery.RaceSchedule.ATTEMPT_DELAY;
import static io.culvert.agent.discovery.RaceSchedule.ATTEMPT_PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RaceScheduleTest {
  private long nowNanos = Long.MAX_VALUE - 5;

  private void after(Duration time) {
    nowNanos += time.toNanos();
  }

  private RaceSchedule schedule(int attempts) {
    return new RaceSchedule(attempts, nowNanos);
  }

  @Test
  void beginsOneAttemptAtOnceAndTheOthersOneByOne() {
    RaceSchedule race = schedule(3);
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThat(race.begin(nowNanos)).hasValue(attempt);
      assertThat(race.begin(nowNanos)).isEmpty();
      after(ATTEMPT_DELAY.minusNanos(1));
      assertThat(race.begin(nowNanos)).isEmpty();
      after(Duration.ofNanos(1));
    }
    assertThat(race.begin(nowNanos)).isEmpty();
    assertThat(race.isLost()).isFalse();
  }

  @Test
  void beginsTheNextAtOnceWhenOneFails() {
    RaceSchedule race = schedule(3);
    assertThat(race.begin(nowNanos)).hasValue(0);
    after(Duration.ofMillis(1));
    race.failed(0, nowNanos);
    assertThat(race.idleNanos(nowNanos)).isZero();
    assertThat(race.begin(nowNanos)).hasValue(1);
    assertThat(race.begin(nowNanos)).isEmpty();
    assertThat(race.idleNanos(nowNanos)).isEqualTo(ATTEMPT_DELAY.toNanos());
  }

  @Test
  void saysHowLongNothingIsToBeDone() {
    RaceSchedule race = schedule(1);
    assertThat(race.idleNanos(nowNanos)).isZero();
    assertThat(race.begin(nowNanos)).hasValue(0);
    assertThat(race.idleNanos(nowNanos)).isEqualTo(ATTEMPT_PATIENCE.toNanos());
    after(ATTEMPT_PATIENCE.plusSeconds(1));
    assertThat(race.idleNanos(nowNanos)).isZero();
  }

  @Test
  void givesEachAttemptUpAfterItsOwnTime() {
    RaceSchedule race = schedule(2);
    assertThat(race.begin(nowNanos)).hasValue(0);
    after(ATTEMPT_DELAY);
    assertThat(race.begin(nowNanos)).hasValue(1);
    after(ATTEMPT_PATIENCE.minus(ATTEMPT_DELAY).minusNanos(1));
    assertThat(race.overdue(nowNanos)).isEmpty();
    after(Duration.ofNanos(1));
    assertThat(race.overdue(nowNanos)).hasValue(0);
    race.failed(0, nowNanos);
    assertThat(race.overdue(nowNanos)).isEmpty();
    assertThat(race.isRunning(1)).isTrue();
    after(ATTEMPT_DELAY);
    assertThat(race.overdue(nowNanos)).hasValue(1);
    race.failed(1, nowNanos);
    assertThat(race.isLost()).isTrue();
  }

  @Test
  void isLostAtOnceWithoutAddresses() {
    RaceSchedule race = schedule(0);
    assertThat(race.begin(nowNanos)).isEqualTo(OptionalInt.empty());
    assertThat(race.isLost()).isTrue();
  }
}
