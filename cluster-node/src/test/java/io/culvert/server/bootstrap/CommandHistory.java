package io.culvert.server.bootstrap;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was asked of a cluster, what it answered, and whether the final state can have come of it.
 *
 * <p>A name is only ever used by one writer, which does not ask again after a command without an
 * answer: such a command may have been carried out or not, and until the end nobody knows.
 * Thread-safe.
 */
final class CommandHistory {
  private final Map<String, Set<Fate>> fates = new HashMap<>();
  private int acknowledged;
  private int unanswered;

  private enum Fate {
    PRESENT,
    ABSENT
  }

  /** A thing was created. */
  synchronized void created(String name) {
    acknowledged++;
    fates.put(name, EnumSet.of(Fate.PRESENT));
  }

  /** A thing was deleted. */
  synchronized void deleted(String name) {
    acknowledged++;
    fates.put(name, EnumSet.of(Fate.ABSENT));
  }

  /** Whether it was created or deleted is not known. */
  synchronized void unanswered(String name) {
    unanswered++;
    fates.put(name, EnumSet.allOf(Fate.class));
  }

  synchronized int acknowledged() {
    return acknowledged;
  }

  synchronized int unanswered() {
    return unanswered;
  }

  /** One sentence for each name whose final state contradicts an answer. */
  synchronized List<String> contradictions(Set<String> present) {
    List<String> found = new ArrayList<>();
    fates.forEach(
        (name, possible) -> {
          Fate fate = present.contains(name) ? Fate.PRESENT : Fate.ABSENT;
          if (!possible.contains(fate)) {
            found.add("%s is %s, but was acknowledged to be %s".formatted(name, fate, possible));
          }
        });
    present.stream()
        .filter(name -> !fates.containsKey(name))
        .forEach(name -> found.add(name + " was never asked for"));
    return found;
  }
}
