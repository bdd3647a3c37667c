package io.culvert.acceptance.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** In one life of an agent, the revisions of its views of a VPN never fall. */
final class ViewsGoForward implements Rule {
  private record Line(String agent, int life, String vpn) {}

  @Override
  public List<String> violations(History history) {
    Map<Line, Long> reached = new HashMap<>();
    List<String> found = new ArrayList<>();
    for (AgentEvent event : history.events()) {
      if (event instanceof AgentEvent.ViewSeen view) {
        Line line = new Line(view.agent(), view.life(), view.vpn());
        long before = reached.getOrDefault(line, 0L);
        if (view.revision() < before) {
          found.add(
              "%s saw revision %d of %s after %d"
                  .formatted(view.agent(), view.revision(), view.vpn(), before));
        }
        reached.put(line, Math.max(before, view.revision()));
      }
    }
    return found;
  }
}
