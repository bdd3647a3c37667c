package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AntiReplayWindowTest {
  private static final long SIZE = AntiReplayWindow.SIZE;

  @Test
  void isLargerThanTheRfcAsks() {
    assertThat(SIZE).isGreaterThanOrEqualTo(1024);
  }

  @ParameterizedTest(name = "after {0}, {1} is acceptable: {2}")
  @CsvSource({
    "1, 0, false",
    "1, 1, false",
    "1, 2, true",
    "5000, 5000, false",
    "5000, 4999, true",
    "5000, 969, true", // 5000 - 4031
    "5000, 968, false",
    "5000, 1, false",
    "4294967295, 4294967296, true",
    "4294967296, 4294967295, true",
    "9223372036854775807, -9223372036854775808, true" // 2^63 - 1, then 2^63
  })
  void acceptsInsideAndAheadOfTheWindow(long marked, long sequence, boolean acceptable) {
    AntiReplayWindow window = new AntiReplayWindow(0);
    window.mark(marked);
    assertThat(window.isAcceptable(sequence)).isEqualTo(acceptable);
  }

  @Test
  void acceptsNumberOneFirst() {
    AntiReplayWindow window = new AntiReplayWindow(0);
    assertThat(window.isAcceptable(0)).isFalse();
    assertThat(window.isAcceptable(1)).isTrue();
    assertThat(window.mark(1)).isTrue();
  }

  @Test
  void rejectsDuplicateInsideWindow() {
    AntiReplayWindow window = new AntiReplayWindow(0);
    window.mark(100);
    assertThat(window.mark(50)).isFalse();
    assertThat(window.isAcceptable(50)).isFalse();
    assertThat(window.isAcceptable(51)).isTrue();
  }

  @Test
  void continuesBehindTheNumberItWasGiven() {
    AntiReplayWindow window = new AntiReplayWindow(1000);
    for (long old = 0; old <= 1000; old++) {
      assertThat(window.isAcceptable(old)).isFalse();
    }
    for (long next = 1001; next < 1200; next += 2) {
      assertThat(window.isAcceptable(next)).isTrue();
      window.mark(next);
    }
    assertThat(window.isAcceptable(1002)).isTrue();
    assertThat(window.isAcceptable(1000)).isFalse();
    assertThat(window.isAcceptable(999)).isFalse();
  }
}
