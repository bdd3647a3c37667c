package io.culvert.acceptance.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** At the end, all servers agree, and every agent that is linked sees what they say. */
final class ViewsEqualEntity implements Rule {
  private static final String LINKED = "linked";

  @Override
  public List<String> violations(History history) {
    List<String> found = new ArrayList<>();
    for (Standing standing : history.standings()) {
      Set<String> seeing = new HashSet<>();
      for (AgentView view : history.views()) {
        if (view.vpn().equals(standing.vpn())) {
          seeing.add(view.agent());
          compare(standing, view, found);
        }
      }
      standing.members().entrySet().stream()
          .filter(member -> member.getValue().online() && !seeing.contains(member.getKey()))
          .forEach(
              member ->
                  found.add(
                      "%s is online at %s and has no view"
                          .formatted(member.getKey(), standing.server())));
    }
    return found;
  }

  private static void compare(Standing standing, AgentView view, List<String> found) {
    String who = "%s, beside %s: ".formatted(view.agent(), standing.server());
    if (!view.state().equals(LINKED)) {
      found.add(who + "is not linked but " + view.state());
      return;
    }
    if (view.revision() != standing.revision()) {
      found.add(who + "revision %d, not %d".formatted(view.revision(), standing.revision()));
    }
    Set<String> seen = new TreeSet<>(view.peers().keySet());
    seen.add(view.agent());
    if (!seen.equals(standing.members().keySet())) {
      found.add(who + "members " + difference(seen, standing.members().keySet()));
      return;
    }
    for (Map.Entry<String, PeerSeen> peer : view.peers().entrySet()) {
      Standing.Member member = Objects.requireNonNull(standing.members().get(peer.getKey()));
      if (!isAs(peer.getValue(), member) || peer.getValue().online() != member.online()) {
        found.add(who + "%s is %s, not %s".formatted(peer.getKey(), peer.getValue(), member));
      }
    }
    Standing.Member own = Objects.requireNonNull(standing.members().get(view.agent()));
    if (!isAs(view.own(), own)) {
      found.add(who + "sees itself as %s, not %s".formatted(view.own(), own));
    }
  }

  private static boolean isAs(PeerSeen seen, Standing.Member member) {
    return seen.ipv4().equals(member.ipv4())
        && seen.ipv6().equals(member.ipv6())
        && seen.role().equals(member.role());
  }

  private static String difference(Set<String> seen, Set<String> held) {
    return "sees too many: %s, too few: %s".formatted(without(seen, held), without(held, seen));
  }

  private static String without(Set<String> all, Set<String> others) {
    return all.stream()
        .filter(node -> !others.contains(node))
        .sorted()
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
