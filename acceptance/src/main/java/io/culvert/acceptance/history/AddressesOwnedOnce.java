package io.culvert.acceptance.history;

import io.culvert.acceptance.history.CommandRecord.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A virtual address has one owner, a membership, until an hour after its removal. What is looked at
 * is every place that any agent has ever seen, its own and its peers'.
 */
final class AddressesOwnedOnce implements Rule {
  /** How long an address rests after a removal. */
  static final long REST_MICROS = TimeUnit.HOURS.toMicros(1);

  private record Address(String vpn, String text) {}

  /** A membership that was seen with an address. */
  private record Owner(String node, long admitted, long firstSeenMicros) {
    boolean is(String otherNode, long otherAdmitted) {
      return node.equals(otherNode) && admitted == otherAdmitted;
    }
  }

  @Override
  public List<String> violations(History history) {
    Map<Address, Owner> owners = new HashMap<>();
    List<String> found = new ArrayList<>();
    for (AgentEvent event : history.events()) {
      if (event instanceof AgentEvent.ViewSeen view) {
        see(history, owners, view, view.agent(), view.own(), found);
        view.changed().forEach((node, peer) -> see(history, owners, view, node, peer, found));
      }
    }
    return found;
  }

  private static void see(
      History history,
      Map<Address, Owner> owners,
      AgentEvent.ViewSeen view,
      String node,
      PeerSeen place,
      List<String> found) {
    for (String text : List.of(place.ipv4(), place.ipv6())) {
      Address address = new Address(view.vpn(), text);
      Owner before = owners.get(address);
      if (before != null && before.is(node, place.admitted())) {
        continue;
      }
      if (before != null && !rested(history, before, view)) {
        found.add(
            "%s belongs to %s (admitted at revision %d) and, at %s, to %s (admitted at %d)"
                .formatted(
                    text, before.node(), before.admitted(), view.agent(), node, place.admitted()));
      }
      owners.put(address, new Owner(node, place.admitted(), view.micros()));
    }
  }

  private static boolean rested(History history, Owner before, AgentEvent.ViewSeen view) {
    return history.commands().stream()
        .anyMatch(
            command ->
                command.kind() == Kind.REMOVE
                    && command.vpn().equals(view.vpn())
                    && command.node().equals(before.node())
                    && command.begunMicros() >= before.firstSeenMicros()
                    && view.micros() - command.begunMicros() >= REST_MICROS);
  }
}
