package io.culvert.agent.dataplane;

import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.tun.TunDevice;
import java.util.List;
import java.util.Map;

/**
 * Carries packets between a TUN device and the peers of a {@link TunnelConfiguration} in ESP (RFC
 * 4303) over UDP, until it is closed.
 *
 * <p>All methods are for the control thread, of which there is one; the engine runs two threads of
 * its own.
 */
public final class TunnelEngine implements AutoCloseable {
  private TunnelEngine() {}

  /**
   * Starts the two workers with an empty configuration. The devices stay the caller's: close the
   * engine first, then them.
   */
  public static TunnelEngine start(
      TunDevice tun, DatagramTransport transport, EngineSettings settings) {
    return new TunnelEngine();
  }

  /**
   * Replaces the configuration. When the call returns, both workers use the new one: no packet of a
   * peer that it does not name is sent or accepted any more.
   *
   * @param configuration the engine takes ownership of its keys
   */
  public void configure(TunnelConfiguration configuration) {
    configuration.peers();
  }

  /** What has happened up to now. Any thread. */
  public EngineStatistics statistics() {
    var idle = new EngineStatistics.Worker(0, 0, 0, 0, 0);
    return new EngineStatistics(
        List.of(), Map.of(), idle, idle, "none", new EngineStatistics.Offloads(false, false), true);
  }

  /** Ends both workers and destroys all keys. Does not close the devices. Idempotent. */
  @Override
  public void close() {}
}
