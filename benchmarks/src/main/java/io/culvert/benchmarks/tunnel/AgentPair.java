package io.culvert.benchmarks.tunnel;

import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.AgentProgram;
import io.culvert.acceptance.lab.EngineCounters;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.LabHost;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Culvert's agents at both hosts of a laboratory of two.
 *
 * @param vpn that both are in
 * @param first at the host from which is measured
 * @param second at the other
 */
public record AgentPair(String vpn, AgentProgram first, AgentProgram second) {
  /**
   * Makes a VPN and a node for each host, and starts the agents without waiting for them.
   *
   * @param hosts the first and the second, back to back
   * @param vpn {@code organization/name}; the organization exists, and the nodes are called after
   *     the hosts
   * @param options more options of {@code agent up}
   */
  public static AgentPair begin(
      Administrator administrator, List<LabHost> hosts, String vpn, String... options) {
    administrator.createVpn(vpn);
    List<AgentProgram> agents =
        hosts.stream().map(host -> agent(administrator, host, vpn)).toList();
    agents.forEach(agent -> agent.up(options));
    return new AgentPair(vpn, agents.getFirst(), agents.getLast());
  }

  private static AgentProgram agent(Administrator administrator, LabHost host, String vpn) {
    String organization = vpn.substring(0, vpn.indexOf('/'));
    AgentProgram agent = new AgentProgram(host, organization + "/" + host.name());
    administrator.createNode(agent.nodeId());
    agent.useToken(administrator.issueToken(agent.nodeId()));
    var _ = administrator.admit(vpn, agent.nodeId());
    return agent;
  }

  /** Waits until both are linked. */
  public void awaitLinked() {
    var _ = first.awaitLinked();
    var _ = second.awaitLinked();
  }

  /** The second one's IPv4 address in the VPN. */
  public String address() {
    return second.virtualAddresses(vpn).getFirst();
  }

  /** Process ids, the first one's first. */
  public List<Long> processes() {
    return List.of(first.running().pid(), second.running().pid());
  }

  /** Of both together; they are asked at the same time, because each question starts a JVM. */
  EngineCounters counters() {
    var ofFirst = CompletableFuture.supplyAsync(first::engineCounters);
    try {
      return second.engineCounters().plus(ofFirst.join());
    } catch (CompletionException e) {
      throw new LabException("no counters of the first agent: " + e.getCause(), e);
    }
  }

  /** Who computes the ciphers of the first one, as {@code agent status} says it. */
  String aead() {
    return first.status().at("/engine/aead").asText();
  }
}
