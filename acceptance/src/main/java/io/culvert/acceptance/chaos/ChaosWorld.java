package io.culvert.acceptance.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.acceptance.cluster.ClusterAdministrator;
import io.culvert.acceptance.cluster.ClusterServer;
import io.culvert.acceptance.cluster.ClusterStorage;
import io.culvert.acceptance.cluster.ServerCluster;
import io.culvert.acceptance.cluster.ServerHost;
import io.culvert.acceptance.history.AgentEvent;
import io.culvert.acceptance.history.AgentView;
import io.culvert.acceptance.history.PeerSeen;
import io.culvert.acceptance.history.Standing;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.swarm.SwarmProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Servers, agents in one full mesh, and nodes without agents for the administrator to admit and
 * remove. Owned by the thread that drives the run.
 */
final class ChaosWorld implements AutoCloseable {
  static final String VPN = "chaos/mesh";

  /** The agents of a full mesh see each other: enough to show, few enough to write down. */
  private static final String SERVER_OPTIONS = "-Xmx384m -XX:TieredStopAtLevel=1";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ServerCluster cluster;
  private final ClusterAdministrator administrator;
  private final SwarmProgram swarm;
  private final Path historyFile;
  private final List<String> agents = new ArrayList<>();
  private final List<String> spares = new ArrayList<>();

  private ChaosWorld(
      ServerCluster cluster,
      ClusterAdministrator administrator,
      SwarmProgram swarm,
      Path historyFile) {
    this.cluster = cluster;
    this.administrator = administrator;
    this.swarm = swarm;
    this.historyFile = historyFile;
  }

  /**
   * Starts servers and enrols agents, which run when this returns.
   *
   * @param home of servers and agents
   * @param directory for data, logs and the history; exists
   * @param storage of the servers; closed with this
   * @param hosts of the servers
   */
  static ChaosWorld make(
      CulvertHome home,
      Path directory,
      ClusterStorage storage,
      List<ServerHost> hosts,
      ChaosRun.Size size,
      Duration grace) {
    ServerCluster cluster =
        ServerCluster.start(
            home,
            directory,
            storage,
            new ServerCluster.Shape(
                size.servers(),
                SERVER_OPTIONS,
                """
                culvert.agent-gateway.presence-grace = %d seconds
                culvert.agent-gateway.rebalance-interval = 3 seconds
                """
                    .formatted(grace.toSeconds())),
            hosts);
    try {
      Path history = directory.resolve("agents.jsonl");
      SwarmProgram swarm =
          SwarmProgram.start(
              home, directory.resolve("swarm.log"), "", "--history", history.toString());
      ChaosWorld world = new ChaosWorld(cluster, cluster.logon(), swarm, history);
      world.populate(size);
      return world;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void populate(ChaosRun.Size size) {
    administrator.createOrganization("chaos");
    administrator.createVpn(VPN, "full-mesh");
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < size.agents(); i++) {
      String node = "chaos/agent%02d".formatted(i);
      agents.add(node);
      tokens.add(administrator.addMember(i, VPN, node, "spoke"));
    }
    for (int i = 0; i < size.spares(); i++) {
      String node = "chaos/spare%02d".formatted(i);
      spares.add(node);
      administrator.createNode(i, node);
    }
    var _ = swarm.enrol(tokens);
    var _ = swarm.begin();
  }

  ServerCluster cluster() {
    return cluster;
  }

  ClusterAdministrator administrator() {
    return administrator;
  }

  SwarmProgram swarm() {
    return swarm;
  }

  /** How many agents each server has, as one of them says. */
  List<Integer> agentsOfServers() {
    return administrator
        .must(0, "GET", "/api/v1/servers", Map.of())
        .valueStream()
        .map(server -> server.required("agents").asInt())
        .toList();
  }

  /** Nodes with an agent each. */
  List<String> agents() {
    return List.copyOf(agents);
  }

  /** Nodes without. */
  List<String> spares() {
    return List.copyOf(spares);
  }

  /** Waits until all agents are linked. */
  void awaitLinked(Duration limit) {
    Await.until(
        "%d linked agents".formatted(agents.size()),
        limit,
        () -> swarm.count().linked() == agents.size());
  }

  /** Whether these are the views of all agents, each linked. */
  boolean allLinked(List<AgentView> views) {
    return views.stream().filter(view -> view.state().equals("linked")).count() == agents.size();
  }

  /** Waits until every agent has the VPN's present revision and sees all others online. */
  void awaitQuiet(Duration limit) {
    long revision =
        administrator
            .must(0, "GET", ClusterAdministrator.vpnPath(VPN), Map.of())
            .required("revision")
            .asLong();
    Await.until(
        "revision %d and all peers online at all agents".formatted(revision),
        limit,
        () ->
            swarm.views().stream().filter(view -> isWhole(view, revision)).count()
                == agents.size());
  }

  private boolean isWhole(AgentView view, long revision) {
    return view.revision() == revision
        && agents.stream()
            .filter(peer -> !peer.equals(view.agent()))
            .allMatch(
                peer ->
                    Optional.ofNullable(view.peers().get(peer))
                        .map(PeerSeen::online)
                        .orElse(false));
  }

  /** Whether the other servers hold a server for one of them, and it answers them. */
  boolean isMember(ClusterServer server) {
    return listed(server)
        .filter(member -> member.required("status").asText().equals("up"))
        .filter(member -> member.hasNonNull("version"))
        .isPresent();
  }

  /** Whether the other servers wait for a server, or have it among them. */
  boolean isListed(ClusterServer server) {
    return listed(server).isPresent();
  }

  /** What the others say of a server. */
  private Optional<JsonNode> listed(ClusterServer server) {
    int another = cluster.servers().indexOf(server) + 1;
    return administrator
        .must(another, "GET", "/api/v1/servers", Map.of())
        .valueStream()
        .filter(member -> member.required("name").asText().equals(server.name()))
        .findFirst();
  }

  /** Tells a server, by way of another one, to drain and end; without waiting. */
  void drain(ClusterServer server) {
    int another = cluster.servers().indexOf(server) + 1;
    var _ =
        administrator.must(
            another, "POST", "/api/v1/servers/%s/drain".formatted(server.name()), Map.of());
  }

  /** What each server says now, each asked itself. */
  List<Standing> standings() {
    List<Standing> standings = new ArrayList<>();
    List<ClusterServer> servers = cluster.servers();
    for (int i = 0; i < servers.size(); i++) {
      String name = servers.get(i).name();
      JsonNode vpn = ask(i, ClusterAdministrator.vpnPath(VPN));
      Map<String, Standing.Member> members = new HashMap<>();
      for (JsonNode member : ask(i, ClusterAdministrator.vpnPath(VPN) + "/members")) {
        members.put(member.required("node").asText(), member(member));
      }
      int sessions = 0;
      for (JsonNode server : ask(i, "/api/v1/servers")) {
        sessions +=
            server.required("name").asText().equals(name) ? server.path("agents").asInt() : 0;
      }
      standings.add(new Standing(name, sessions, VPN, vpn.required("revision").asLong(), members));
    }
    return standings;
  }

  private static Standing.Member member(JsonNode member) {
    JsonNode server = member.path("server");
    return new Standing.Member(
        member.required("ipv4").asText(),
        member.required("ipv6").asText(),
        member.required("role").asText(),
        member.required("online").asBoolean(),
        server.isTextual() ? server.asText() : null);
  }

  private JsonNode ask(int server, String path) {
    return administrator.mustAtOne(server, "GET", path, Map.of());
  }

  /** What the agents have gone through so far. */
  List<AgentEvent> events() {
    var _ = swarm.count(); // The answer comes after what was written before it.
    try (var lines = Files.lines(historyFile)) {
      return lines.map(ChaosWorld::event).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AgentEvent event(String line) {
    try {
      return JSON.readValue(line, AgentEvent.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends all. */
  @Override
  public void close() {
    swarm.close();
    administrator.close();
    cluster.close();
  }
}
