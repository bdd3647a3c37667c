package io.culvert.agent.control;

import io.culvert.agent.dataplane.TunnelConfiguration;
import io.culvert.agent.tun.InterfaceConfigurator.Address;
import io.culvert.agent.tun.InterfaceConfigurator.Route;
import io.culvert.agent.view.TunnelPlanner;
import io.culvert.agent.view.VpnReplica;
import java.util.List;
import java.util.Set;

/**
 * What follows from the views, derived when it is asked for. Owned by the control thread.
 *
 * @param planner derives it
 * @param replicas the views that can be used together
 */
public record TunnelPlan(TunnelPlanner planner, List<VpnReplica> replicas) {
  /** Copies the list. */
  public TunnelPlan {
    replicas = List.copyOf(replicas);
  }

  /** The engine's next configuration. */
  public TunnelConfiguration tunnels() {
    return planner.tunnels(replicas);
  }

  /** All addresses that the virtual interface should have. */
  public Set<Address> addresses() {
    return TunnelPlanner.interfaceAddresses(replicas);
  }

  /** All prefixes that are reached through the virtual interface. */
  public Set<Route> routes() {
    return TunnelPlanner.routes(replicas);
  }
}
