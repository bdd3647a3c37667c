package io.culvert.agent.main;

import io.culvert.agent.capture.CaptureTap;
import io.culvert.agent.control.DataPlane;
import io.culvert.agent.control.TunnelPlan;
import io.culvert.agent.dataplane.AeadPreference;
import io.culvert.agent.dataplane.EngineSettings;
import io.culvert.agent.dataplane.EngineStatistics;
import io.culvert.agent.dataplane.TunnelEngine;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.transport.LinuxDatagramTransport;
import io.culvert.agent.transport.LocalEndpoints;
import io.culvert.agent.tun.LinuxInterfaceConfigurator;
import io.culvert.agent.tun.LinuxTunDevice;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The engine on Linux's devices. Opened by one thread at the start; then of the main thread. */
final class LinuxDataPlane implements DataPlane, AutoCloseable {
  /** Of the tunnel: 1,500 less outer headers, ESP and the masquerade header. */
  private static final int MTU_BYTES = 1400;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final LinuxTunDevice tun;
  private final LinuxDatagramTransport transport;
  private final LinuxInterfaceConfigurator configurator;
  private final LocalEndpoints localEndpoints;
  private final TunnelEngine engine;

  private LinuxDataPlane(String interfaceName, int udpPort, AeadPreference aead) {
    try {
      tun = own(LinuxTunDevice.open(interfaceName, MTU_BYTES));
      transport = own(LinuxDatagramTransport.open(udpPort));
      configurator = own(LinuxInterfaceConfigurator.open(tun.name()));
      localEndpoints = own(LocalEndpoints.open());
      engine = own(TunnelEngine.start(tun, transport, EngineSettings.defaults().withAead(aead)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Opens everything.
   *
   * @throws java.io.UncheckedIOException with a sentence that says what is missing
   */
  static LinuxDataPlane open(String interfaceName, int udpPort, AeadPreference aead) {
    return new LinuxDataPlane(interfaceName, udpPort, aead);
  }

  private <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void apply(TunnelPlan plan) {
    engine.configure(plan.tunnels());
    configurator.apply(plan.addresses(), plan.routes());
  }

  @Override
  public int udpPort() {
    return transport.localPort();
  }

  @Override
  public List<Endpoint> localEndpoints(Set<InetAddress> virtualAddresses) {
    return localEndpoints.find(transport.localPort(), Set.of(tun.name()), virtualAddresses);
  }

  @Override
  public boolean localEndpointsChanged() {
    return localEndpoints.changed();
  }

  @Override
  public EngineStatistics statistics() {
    return engine.statistics();
  }

  /** As {@link TunnelEngine#tap}. */
  void tap(@Nullable CaptureTap tap) {
    engine.tap(tap);
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        System.getLogger(LinuxDataPlane.class.getName())
            .log(System.Logger.Level.WARNING, "a device did not close cleanly", e);
      }
    }
  }
}
