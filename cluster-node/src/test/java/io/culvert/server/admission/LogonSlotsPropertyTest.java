package io.culvert.server.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LogonSlotsPropertyTest {
  private long nowNanos;

  private LogonSlots slots(int perSecond, long seed) {
    return new LogonSlots(perSecond, () -> nowNanos, new Random(seed));
  }

  /** In any second at most a burst and a second's worth is taken, whoever comes when. */
  @Property(tries = 200)
  void takesNoMoreThanTheRate(
      @ForAll @IntRange(min = 1, max = 50) int perSecond,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 400) int attempts) {
    nowNanos = seed;
    LogonSlots slots = slots(perSecond, seed);
    Random random = new Random(seed);
    Deque<Long> taken = new ArrayDeque<>();
    for (int i = 0; i < attempts; i++) {
      nowNanos += random.nextLong(TimeUnit.MILLISECONDS.toNanos(60));
      if (slots.ask() == 0) {
        taken.addLast(nowNanos);
      }
      while (!taken.isEmpty() && nowNanos - taken.peekFirst() >= TimeUnit.SECONDS.toNanos(1)) {
        taken.removeFirst();
      }
      assertThat(taken).hasSizeLessThanOrEqualTo(2 * perSecond);
    }
  }

  /** A storm of agents that do as they are told is over in little more than the time it needs. */
  @Property(tries = 50)
  void aStormIsOverInTheTimeThatItNeeds(
      @ForAll @IntRange(min = 5, max = 50) int perSecond,
      @ForAll @IntRange(min = 1, max = 600) int agents,
      @ForAll long seed) {
    nowNanos = 0;
    LogonSlots slots = slots(perSecond, seed);
    PriorityQueue<Long> comings = new PriorityQueue<>();
    for (int i = 0; i < agents; i++) {
      comings.add(0L);
    }
    int refusals = 0;
    while (!comings.isEmpty()) {
      nowNanos = comings.remove();
      int wait = slots.ask();
      if (wait > 0) {
        refusals++;
        comings.add(nowNanos + TimeUnit.MILLISECONDS.toNanos(wait));
      }
    }
    double needed = Math.max(0, agents - perSecond) / (double) perSecond;
    assertThat(nowNanos / 1e9).as("seconds").isLessThanOrEqualTo(1.5 * needed + 2);
    assertThat(refusals).isLessThanOrEqualTo((int) (agents * (3 + needed / 10)));
  }

  @Property(tries = 20)
  void theRefusedComeOneAfterTheOther(@ForAll @IntRange(min = 1, max = 20) int perSecond) {
    nowNanos = 5;
    LogonSlots slots = slots(perSecond, 1);
    for (int i = 0; i < perSecond; i++) {
      assertThat(slots.ask()).isZero();
    }
    List<Integer> waits = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waits.add(slots.ask());
    }
    int interval = 1000 / perSecond;
    for (int i = 0; i < waits.size(); i++) {
      long slot = (long) interval * (i + 2);
      assertThat((long) waits.get(i)).isBetween(slot - 2, slot + slot / 10 + 10);
    }
  }
}
