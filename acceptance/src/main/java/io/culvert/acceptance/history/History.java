package io.culvert.acceptance.history;

import java.util.Comparator;
import java.util.List;

/**
 * All that is known of a run. Its agents are in one VPN or none each, a full mesh.
 *
 * @param commands in the order in which they were begun; a node's next one only after its last one
 *     was answered or given up
 * @param events of agents; sorted by time
 * @param downtimes of servers
 * @param views of all running agents at the end, when nothing changed any more
 * @param standings of all servers at the end, for each VPN
 * @param graceMicros how long a node whose link broke stays online for its peers
 */
public record History(
    List<CommandRecord> commands,
    List<AgentEvent> events,
    List<Downtime> downtimes,
    List<AgentView> views,
    List<Standing> standings,
    long graceMicros) {
  /** Copies and sorts. */
  public History {
    commands = List.copyOf(commands);
    events = events.stream().sorted(Comparator.comparingLong(AgentEvent::micros)).toList();
    downtimes = List.copyOf(downtimes);
    views = List.copyOf(views);
    standings = List.copyOf(standings);
  }
}
