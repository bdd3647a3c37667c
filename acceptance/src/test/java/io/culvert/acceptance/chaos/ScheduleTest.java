package io.culvert.acceptance.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.acceptance.chaos.Fault.Kind;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  @Test
  void isTheSameForTheSameSeed() {
    assertThat(Schedule.of(7, 50, 3, 20))
        .isEqualTo(Schedule.of(7, 50, 3, 20))
        .isNotEqualTo(Schedule.of(8, 50, 3, 20));
  }

  @Test
  void drawsEachKindBeforeAnyTwice() {
    int kinds = Kind.values().length;
    for (long seed = 0; seed < 20; seed++) {
      var schedule = Schedule.of(seed, 2 * kinds, 3, 20);
      assertThat(schedule.subList(0, kinds))
          .extracting(Fault::kind)
          .containsExactlyInAnyOrder(Kind.values());
      assertThat(schedule.subList(kinds, 2 * kinds))
          .extracting(Fault::kind)
          .containsExactlyInAnyOrder(Kind.values());
    }
  }

  @Test
  void namesVictimsThatExist() {
    for (Fault fault : Schedule.of(1, 300, 3, 20)) {
      switch (fault.kind()) {
        case KILL, PAUSE, LONG_PAUSE, DRAIN, PARTITION, ISOLATION ->
            assertThat(fault.victim()).isBetween(0, 2);
        case AGENTS_VANISH, AGENTS_LEAVE -> assertThat(fault.victim()).isBetween(0, 19);
      }
    }
  }
}
