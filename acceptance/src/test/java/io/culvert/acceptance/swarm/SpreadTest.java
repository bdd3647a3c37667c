package io.culvert.acceptance.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.acceptance.swarm.SwarmReply.Spread;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void allButOneInAHundredAreNotLaterThanP99() {
    List<Double> millis = IntStream.rangeClosed(1, 200).mapToObj(i -> (double) (201 - i)).toList();
    assertThat(Spread.of(millis, 3)).isEqualTo(new Spread(200, 3, 100, 198, 200));
  }

  @Test
  void oneTimeIsEveryFigure() {
    assertThat(Spread.of(List.of(7.5), 0)).isEqualTo(new Spread(1, 0, 7.5, 7.5, 7.5));
  }

  @Test
  void nobodysTimesAreZero() {
    assertThat(Spread.of(List.of(), 4)).isEqualTo(new Spread(0, 4, 0, 0, 0));
  }
}
