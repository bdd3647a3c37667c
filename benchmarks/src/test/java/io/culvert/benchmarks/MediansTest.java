package io.culvert.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MediansTest {
  @Test
  void takesTheMiddleOfAnOddNumber() {
    assertThat(Medians.of(List.of(9.0, 1.0, 2.0))).isEqualTo(2.0);
  }

  @Test
  void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
    assertThat(Medians.of(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(3.0);
  }
}
