package io.culvert.agent.control;

import io.culvert.agent.dataplane.EngineStatistics;
import io.culvert.agent.transport.Endpoint;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/** What the control thread moves: the tunnel engine and the virtual interface. */
public interface DataPlane {
  /**
   * Makes the engine and the interface follow. When it returns, packets do.
   *
   * @throws java.io.UncheckedIOException if the kernel refuses an address or a route; the tunnels
   *     follow all the same
   */
  void apply(TunnelPlan plan);

  /** The local UDP port, host order. */
  int udpPort();

  /** The node's own addresses, without the virtual ones given. */
  List<Endpoint> localEndpoints(Set<InetAddress> virtualAddresses);

  /** Whether {@link #localEndpoints} may have changed since it was last asked. */
  boolean localEndpointsChanged();

  /** What the engine has counted. Any thread. */
  EngineStatistics statistics();
}
