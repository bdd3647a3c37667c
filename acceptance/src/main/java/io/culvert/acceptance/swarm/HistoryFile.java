package io.culvert.acceptance.swarm;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.acceptance.history.AgentEvent;
import io.culvert.acceptance.history.PeerSeen;
import io.culvert.agent.view.VpnReplica;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes what agents go through as one {@link AgentEvent} a line; of a view, what has changed since
 * the agent's view before. Thread-safe.
 */
final class HistoryFile implements SwarmLog, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BufferedWriter writer;
  private final Map<String, Before> before = new HashMap<>();

  /** The last view of an agent, by agent and VPN. */
  private record Before(int life, Map<String, PeerSeen> peers) {}

  private HistoryFile(BufferedWriter writer) {
    this.writer = writer;
  }

  static HistoryFile append(Path file) throws IOException {
    return new HistoryFile(
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  @Override
  public synchronized void onState(
      String agent, int life, String state, String server, long micros) {
    write(new AgentEvent.InState(micros, agent, life, state, server));
  }

  @Override
  public synchronized void onView(String agent, int life, VpnReplica replica, long micros) {
    Map<String, PeerSeen> now = SeenViews.view(agent, "", replica).peers();
    String key = agent + " " + replica.vpnId();
    Before last = before.put(key, new Before(life, now));
    Map<String, PeerSeen> then = last != null && last.life() == life ? last.peers() : Map.of();
    Map<String, PeerSeen> changed = new TreeMap<>(now);
    changed.entrySet().removeIf(entry -> entry.getValue().equals(then.get(entry.getKey())));
    List<String> gone = then.keySet().stream().filter(node -> !now.containsKey(node)).toList();
    write(
        new AgentEvent.ViewSeen(
            micros,
            agent,
            life,
            replica.vpnId(),
            replica.revision(),
            SeenViews.member(replica.self(), true),
            changed,
            gone));
  }

  private void write(AgentEvent event) {
    try {
      writer.write(JSON.writeValueAsString(event));
      writer.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  synchronized void flush() throws IOException {
    writer.flush();
  }

  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }
}
