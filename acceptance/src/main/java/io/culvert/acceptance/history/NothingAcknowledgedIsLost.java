package io.culvert.acceptance.history;

import io.culvert.acceptance.history.CommandRecord.Kind;
import io.culvert.acceptance.history.CommandRecord.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last acknowledged command decides whether a node is a member at the end, unless one after it
 * has no known outcome; and a change that began after another was acknowledged has no smaller
 * revision, nor has the end.
 */
final class NothingAcknowledgedIsLost implements Rule {
  /** One membership. */
  private record Place(String vpn, String node) {}

  @Override
  public List<String> violations(History history) {
    List<String> found = new ArrayList<>();
    lastWords(history).forEach((place, last) -> compare(history, place, last, found));
    revisions(history, found);
    return found;
  }

  /** The last command of each membership that says what must be; none if nothing is certain. */
  private static Map<Place, CommandRecord> lastWords(History history) {
    Map<Place, CommandRecord> last = new LinkedHashMap<>();
    Map<Place, CommandRecord> unknown = new LinkedHashMap<>();
    for (CommandRecord command : history.commands()) {
      Place place = new Place(command.vpn(), command.node());
      if (command.outcome() == Outcome.UNKNOWN) {
        unknown.put(place, command);
      } else if (command.outcome() == Outcome.ACKNOWLEDGED) {
        last.put(place, command);
      }
    }
    last.keySet().removeAll(unknown.keySet());
    return last;
  }

  private static void compare(
      History history, Place place, CommandRecord last, List<String> found) {
    for (Standing standing : history.standings()) {
      if (standing.vpn().equals(place.vpn())) {
        boolean member = standing.members().containsKey(place.node());
        if (member != (last.kind() == Kind.ADMIT)) {
          found.add(
              "%s of %s was acknowledged with revision %d, but at %s it is %s member"
                  .formatted(
                      last.kind(),
                      place.node(),
                      last.revision(),
                      standing.server(),
                      member ? "a" : "no"));
        }
      }
    }
  }

  private static void revisions(History history, List<String> found) {
    List<CommandRecord> acknowledged =
        history.commands().stream()
            .filter(command -> command.outcome() == Outcome.ACKNOWLEDGED)
            .toList();
    for (CommandRecord earlier : acknowledged) {
      acknowledged.stream()
          .filter(later -> later.vpn().equals(earlier.vpn()))
          .filter(later -> later.begunMicros() > earlier.endedMicros())
          .filter(later -> later.revision() < earlier.revision())
          .findFirst()
          .ifPresent(
              later ->
                  found.add(
                      "%s of %s got revision %d after %d had been acknowledged"
                          .formatted(
                              later.kind(), later.node(), later.revision(), earlier.revision())));
      history.standings().stream()
          .filter(standing -> standing.vpn().equals(earlier.vpn()))
          .filter(standing -> standing.revision() < earlier.revision())
          .findFirst()
          .ifPresent(
              standing ->
                  found.add(
                      "revision %d was acknowledged, %s ends with %d"
                          .formatted(earlier.revision(), standing.server(), standing.revision())));
    }
  }
}
