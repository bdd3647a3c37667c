package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The ring against a set of everything seen. */
class AntiReplayWindowPropertyTest {
  @Property(tries = 500)
  void agreesWithASetOfEverythingSeen(
      @ForAll("starts") long start, @ForAll("steps") List<Integer> steps) {
    AntiReplayWindow window = new AntiReplayWindow(start);
    Set<Long> seen = new HashSet<>();
    long highest = start;
    for (int step : steps) {
      long sequence = Math.max(0, highest + step);
      boolean fresh = sequence > start && !seen.contains(sequence);
      boolean expected = fresh && highest - sequence < AntiReplayWindow.SIZE;
      assertThat(window.isAcceptable(sequence)).isEqualTo(expected);
      if (expected) {
        assertThat(window.mark(sequence)).isEqualTo(sequence > highest);
        seen.add(sequence);
        highest = Math.max(highest, sequence);
      }
      assertThat(window.highest()).isEqualTo(highest);
    }
  }

  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.oneOf(Arbitraries.just(0L), Arbitraries.longs().between(1, 1L << 48));
  }

  @Provide
  Arbitrary<List<Integer>> steps() {
    Arbitrary<Integer> step =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.integers().between(-70, 70)),
            Tuple.of(3, Arbitraries.integers().between(-4200, 4200)),
            Tuple.of(1, Arbitraries.integers().between(-100_000, 100_000)));
    return step.list().ofMinSize(1).ofMaxSize(400);
  }
}
