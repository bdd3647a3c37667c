package io.culvert.agent.testnet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Datagrams on the way between two endpoints in one direction. Guarded by the router. */
final class Path {
  private record Held(long dueStep, long order, Datagram datagram) {}

  private final Random random;
  private final List<Held> held = new ArrayList<>();
  private long step;
  private long order;

  Path(long seed) {
    random = new Random(seed);
  }

  /**
   * Takes a datagram and moves time on by one step.
   *
   * @return what becomes of it, in a word for the trace
   */
  String enter(Datagram datagram, Weather weather) {
    step++;
    // Four draws for each datagram, whatever becomes of it: the n-th one's fate depends on n only.
    boolean lost = random.nextInt(1000) < weather.lossPerMille();
    boolean twice = random.nextInt(1000) < weather.duplicatePerMille();
    boolean late = random.nextInt(1000) < weather.reorderPerMille();
    int lateBy = 1 + random.nextInt(Math.max(1, weather.reorderSteps()));
    if (lost) {
      return "lost";
    }
    long due = step + weather.delaySteps() + (late ? lateBy : 0);
    held.add(new Held(due, order++, datagram));
    if (twice) {
      held.add(new Held(due, order++, datagram));
    }
    String fate = twice ? "twice" : "sent";
    return late ? fate + ", late by " + lateBy : fate;
  }

  void advance(int steps) {
    step += steps;
  }

  /** What is due now, oldest first. */
  List<Datagram> due() {
    var due =
        held.stream()
            .filter(h -> h.dueStep <= step)
            .sorted(Comparator.comparingLong(Held::dueStep).thenComparingLong(Held::order))
            .toList();
    held.removeAll(due);
    return due.stream().map(Held::datagram).toList();
  }
}
