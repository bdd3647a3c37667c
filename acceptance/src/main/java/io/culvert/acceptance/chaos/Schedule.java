package io.culvert.acceptance.chaos;

import io.culvert.acceptance.chaos.Fault.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The faults of a run; the same for the same seed. Pure. */
final class Schedule {
  private Schedule() {}

  /**
   * Some faults, each kind before any comes twice.
   *
   * @param servers how many there are
   * @param agents how many there are
   */
  static List<Fault> of(long seed, int faults, int servers, int agents) {
    Random random = new Random(seed);
    List<Fault> schedule = new ArrayList<>();
    List<Kind> deck = new ArrayList<>();
    while (schedule.size() < faults) {
      if (deck.isEmpty()) {
        deck.addAll(List.of(Kind.values()));
      }
      Kind kind = deck.remove(random.nextInt(deck.size()));
      int victim =
          switch (kind) {
            case KILL, PAUSE, LONG_PAUSE, DRAIN, PARTITION, ISOLATION -> random.nextInt(servers);
            case AGENTS_VANISH, AGENTS_LEAVE -> random.nextInt(agents);
          };
      schedule.add(new Fault(kind, victim, hold(kind, random)));
    }
    return schedule;
  }

  private static Duration hold(Kind kind, Random random) {
    return switch (kind) {
      case KILL -> Duration.ofMillis(random.nextInt(0, 5_000));
      case PAUSE -> Duration.ofMillis(random.nextInt(500, 2_500));
      case LONG_PAUSE -> Duration.ofMillis(random.nextInt(12_000, 20_000));
      case DRAIN -> Duration.ofMillis(random.nextInt(0, 2_000));
      case PARTITION, ISOLATION -> Duration.ofMillis(random.nextInt(8_000, 16_000));
      case AGENTS_VANISH, AGENTS_LEAVE -> Duration.ofMillis(random.nextInt(0, 8_000));
    };
  }
}
