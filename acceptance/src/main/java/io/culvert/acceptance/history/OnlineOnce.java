package io.culvert.acceptance.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * At the end, all servers name the same server for a node, and the servers have as many sessions
 * together as there are linked agents: a second session of a node would be one too many.
 */
final class OnlineOnce implements Rule {
  @Override
  public List<String> violations(History history) {
    List<String> found = new ArrayList<>();
    Map<String, String> where = new HashMap<>();
    Map<String, Integer> sessions = new HashMap<>();
    for (Standing standing : history.standings()) {
      sessions.put(standing.server(), standing.sessions());
      standing
          .members()
          .forEach(
              (node, member) -> {
                String here = String.valueOf(member.server());
                String elsewhere = where.putIfAbsent(node + " in " + standing.vpn(), here);
                if (elsewhere != null && !elsewhere.equals(here)) {
                  found.add(
                      "%s is at %s, and %s says at %s"
                          .formatted(node, elsewhere, standing.server(), here));
                }
              });
    }
    int all = sessions.values().stream().mapToInt(Integer::intValue).sum();
    long agents = history.views().stream().map(AgentView::agent).distinct().count();
    if (!sessions.isEmpty() && all != agents) {
      found.add("%d agents have %d sessions: %s".formatted(agents, all, sessions));
    }
    return found;
  }
}
