package io.culvert.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessAgeTest {
  @Test
  void isTheTimeSinceBootLessTheStart() {
    String stat =
        "4242 (a (strange) name) S 1 4242 4242 0 -1 4194560 100 0 0 0 5 2 0 0 20 0 9 0 350123 1000 20 0";
    assertThat(ProcessAge.millis(stat, "3502.48 7000.01\n")).isEqualTo(1250);
  }

  @Test
  void goesOnWithTheKernelsClock() {
    long before = ProcessAge.millis();
    long begun = System.nanoTime();
    long after;
    do {
      after = ProcessAge.millis();
    } while (after == before);
    long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    assertThat(before).isPositive();
    assertThat(after - before).isBetween(10L, passed + 20);
  }
}
