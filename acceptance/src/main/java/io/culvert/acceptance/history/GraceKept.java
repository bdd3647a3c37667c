package io.culvert.acceptance.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who is told that a peer which was online is offline has a right to believe it: the peer was gone
 * for the grace period, without a link to a server that served, or it left by its own will or by a
 * command.
 */
final class GraceKept implements Rule {
  /** The processes share a clock, but stamp what happens a little after it happened. */
  private static final long SLACK_MICROS = 500_000;

  /** What was said before a peer came back may arrive a little after. */
  private static final long DELIVERY_MICROS = 3_000_000;

  private static final String LINKED = "linked";

  /** A time in which an agent had no link to a server that served. */
  private record Gone(long fromMicros, long toMicros) {}

  @Override
  public List<String> violations(History history) {
    Map<String, List<Gone>> gone = goneTimes(history);
    Map<String, Map<String, PeerSeen>> known = new HashMap<>();
    List<String> found = new ArrayList<>();
    for (AgentEvent event : history.events()) {
      if (event instanceof AgentEvent.ViewSeen view) {
        Map<String, PeerSeen> before =
            known.computeIfAbsent(
                "%s %d %s".formatted(view.agent(), view.life(), view.vpn()),
                line -> new TreeMap<>());
        view.changed()
            .forEach(
                (peer, now) -> {
                  PeerSeen then = before.put(peer, now);
                  if (then != null
                      && then.online()
                      && !now.online()
                      && then.admitted() == now.admitted()
                      && !wasGone(gone.getOrDefault(peer, List.of()), view.micros(), history)) {
                    found.add(
                        "%s was told at %d that %s is offline, which was gone only at %s"
                            .formatted(
                                view.agent(),
                                view.micros(),
                                peer,
                                gone.getOrDefault(peer, List.of())));
                  }
                });
        view.gone().forEach(before::remove);
      }
    }
    return found;
  }

  private static boolean wasGone(List<Gone> times, long toldMicros, History history) {
    long enough = history.graceMicros() - SLACK_MICROS;
    return times.stream()
        .anyMatch(
            time ->
                Math.min(time.toMicros(), toldMicros) - time.fromMicros() >= enough
                    && toldMicros - time.toMicros() < DELIVERY_MICROS);
  }

  /** By agent. */
  private static Map<String, List<Gone>> goneTimes(History history) {
    Map<String, List<AgentEvent.InState>> states = new HashMap<>();
    for (AgentEvent event : history.events()) {
      if (event instanceof AgentEvent.InState state) {
        states.computeIfAbsent(state.agent(), agent -> new ArrayList<>()).add(state);
      }
    }
    Map<String, List<Gone>> gone = new HashMap<>();
    states.forEach((agent, line) -> gone.put(agent, goneTimes(line, history)));
    return gone;
  }

  private static List<Gone> goneTimes(List<AgentEvent.InState> states, History history) {
    List<Gone> gone = new ArrayList<>();
    long since = Long.MIN_VALUE / 2;
    String server = "";
    for (AgentEvent.InState state : states) {
      if (server.isEmpty() && state.state().equals(LINKED)) {
        gone.add(new Gone(since, state.micros()));
        server = state.server();
        since = state.micros();
      } else if (!server.isEmpty() && !state.state().equals(LINKED)) {
        since =
            state.state().equals(AgentEvent.LOGGED_OFF)
                ? state.micros() - history.graceMicros()
                // The server may have been down for a while before the agent noticed.
                : firstDown(history.downtimes(), server, since, state.micros());
        server = "";
      }
    }
    if (server.isEmpty()) {
      gone.add(new Gone(since, Long.MAX_VALUE / 2));
    }
    return gone;
  }

  private static long firstDown(
      List<Downtime> downtimes, String server, long linkedMicros, long lostMicros) {
    return downtimes.stream()
        .filter(down -> down.server().equals(server))
        .filter(down -> down.fromMicros() < lostMicros && down.toMicros() > linkedMicros)
        .mapToLong(down -> Math.max(linkedMicros, down.fromMicros()))
        .min()
        .orElse(lostMicros);
  }
}
