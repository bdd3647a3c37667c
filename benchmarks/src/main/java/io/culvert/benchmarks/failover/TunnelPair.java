package io.culvert.benchmarks.failover;

import io.culvert.acceptance.lab.AgentProgram;
import io.culvert.acceptance.lab.Artefacts;
import io.culvert.acceptance.lab.BackgroundProgram;
import io.culvert.acceptance.lab.ContinuousPing;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.LabHost;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.acceptance.lab.PingReport;
import io.culvert.benchmarks.fleet.Fleet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Two real agents back to back, with a ping through their tunnel. Their namespaces have no way to
 * the servers' loopback: a relay carries the bytes of their links through a Unix socket for each
 * server.
 */
final class TunnelPair implements AutoCloseable {
  private static final String VPN = "bench/pair";
  private static final List<String> HOSTS = List.of("a", "b");

  /** A request that had no answer counts as lost only if a later one was answered. */
  private static final int LAST_ANSWERS = 10;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Laboratory lab;
  private final List<BackgroundProgram> relays = new ArrayList<>();
  private final List<AgentProgram> agents = new ArrayList<>();
  private @Nullable ContinuousPing ping;

  private TunnelPair(Laboratory lab) {
    this.lab = lab;
  }

  /** Starts the agents and waits until the ping is answered. */
  static TunnelPair start(Fleet fleet) {
    TunnelPair pair =
        new TunnelPair(
            new Laboratory(fleet.home(), "culvert-failover", Laboratory.newRunDirectory()));
    try {
      pair.begin(fleet);
      return pair;
    } catch (RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  private void begin(Fleet fleet) {
    lab.require("socat");
    lab.build(Laboratory.Shape.PAIR);
    for (String gateway : fleet.cluster().gateways()) {
      relay(gateway);
    }
    fleet.administrator().createVpn(VPN, "full-mesh");
    for (String host : HOSTS) {
      AgentProgram agent = new AgentProgram(lab.host(host), "bench/" + host);
      agent.useToken(fleet.administrator().addMember(0, VPN, agent.nodeId(), "spoke"));
      agent.up();
      agents.add(agent);
    }
    for (AgentProgram agent : agents) {
      var _ = agent.awaitLinked();
    }
    String other = agents.getLast().virtualAddresses(VPN).getFirst();
    ping = ContinuousPing.start(lab.host(HOSTS.getFirst()), other, "ping");
  }

  private void relay(String gateway) {
    String port = gateway.substring(gateway.lastIndexOf(':') + 1);
    Path socket = lab.run().resolve(port + ".sock");
    relays.add(
        BackgroundProgram.start(
            "relay-" + port,
            List.of("socat", "UNIX-LISTEN:%s,fork".formatted(socket), "TCP:" + gateway),
            Map.of(),
            lab.run().resolve("relay-%s.log".formatted(port))));
    for (String name : HOSTS) {
      LabHost host = lab.host(name);
      relays.add(
          host.start(
              "relay-%s-%s".formatted(name, port),
              List.of(
                  "socat",
                  "TCP-LISTEN:%s,bind=127.0.0.1,reuseaddr,fork".formatted(port),
                  "UNIX-CONNECT:" + socket)));
    }
  }

  /** The gateway that the first agent is linked to, {@code host:port}. */
  String server() {
    return agents.getFirst().status().required("server").asText();
  }

  /** Ends the ping when it is answered still; what it saw since its first answer. */
  PingReport stop() {
    if (ping == null) {
      throw new LabException("the ping was not started");
    }
    ping.awaitMoreAnswers(LAST_ANSWERS, PATIENCE);
    return ping.stop();
  }

  @Override
  public void close() {
    if (ping != null) {
      ping.close();
    }
    agents.forEach(AgentProgram::close);
    relays.forEach(BackgroundProgram::close);
    lab.close();
    Artefacts.delete(lab.run());
  }
}
