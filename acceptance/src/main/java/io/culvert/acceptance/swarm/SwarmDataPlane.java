package io.culvert.acceptance.swarm;

import io.culvert.agent.control.DataPlane;
import io.culvert.agent.control.TunnelPlan;
import io.culvert.agent.dataplane.EngineStatistics;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.view.VpnReplica;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Carries nothing, and derives no keys: hands each picture of the views on. */
final class SwarmDataPlane implements DataPlane {
  private static final int PORT = 4500;

  private final Consumer<List<VpnReplica>> onViews;

  /**
   * Without packets.
   *
   * @param onViews called on the control thread with the views after each change
   */
  SwarmDataPlane(Consumer<List<VpnReplica>> onViews) {
    this.onViews = onViews;
  }

  @Override
  public void apply(TunnelPlan plan) {
    onViews.accept(plan.replicas());
  }

  @Override
  public int udpPort() {
    return PORT;
  }

  @Override
  public List<Endpoint> localEndpoints(Set<InetAddress> virtualAddresses) {
    return List.of();
  }

  @Override
  public boolean localEndpointsChanged() {
    return false;
  }

  @Override
  public EngineStatistics statistics() {
    throw new UnsupportedOperationException("an agent of the swarm has no engine");
  }
}
