package io.culvert.agent.control;

import io.culvert.agent.dataplane.EngineSettings;
import io.culvert.agent.dataplane.EngineStatistics;
import io.culvert.agent.dataplane.TunnelEngine;
import io.culvert.agent.testnet.ChannelTunDevice;
import io.culvert.agent.testnet.PacketRouter;
import io.culvert.agent.testnet.RoutedTransport;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.tun.InterfaceConfigurator.Address;
import io.culvert.agent.tun.InterfaceConfigurator.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The real engine between a TUN device and a network in memory. */
final class MemoryDataPlane implements DataPlane, AutoCloseable {
  final ChannelTunDevice tun;
  private final RoutedTransport transport;
  private final TunnelEngine engine;
  volatile Set<Address> addresses = Set.of();
  volatile Set<Route> routes = Set.of();

  /** What the kernel says to the next addresses and routes; null: it takes them. */
  volatile @Nullable String refusal;

  MemoryDataPlane(PacketRouter router, int number) {
    tun = new ChannelTunDevice("culvert" + number, 1400, true);
    transport =
        router.transport(Endpoint.of(new byte[] {(byte) 198, 18, 0, (byte) number}, 4500), true);
    engine = TunnelEngine.start(tun, transport, EngineSettings.defaults());
  }

  @Override
  public void apply(TunnelPlan plan) {
    engine.configure(plan.tunnels());
    addresses = plan.addresses();
    routes = plan.routes();
    String message = refusal;
    if (message != null) {
      throw new UncheckedIOException(message, new IOException());
    }
  }

  @Override
  public int udpPort() {
    return transport.localPort();
  }

  @Override
  public List<Endpoint> localEndpoints(Set<InetAddress> virtualAddresses) {
    return List.of(transport.endpoint());
  }

  @Override
  public boolean localEndpointsChanged() {
    return false;
  }

  @Override
  public EngineStatistics statistics() {
    return engine.statistics();
  }

  @Override
  public void close() {
    engine.close();
  }
}
