package io.culvert.agent.dataplane;

import io.culvert.agent.capture.CaptureTap;
import io.culvert.agent.esp.AeadChoice;
import io.culvert.agent.sad.SaLimits;
import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.tun.TunDevice;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets between a TUN device and the peers of a {@link TunnelConfiguration} in ESP (RFC
 * 4303) over UDP, until it is closed.
 *
 * <p>{@link #configure} and {@link #close} are for the control thread, of which there is one; the
 * engine runs two threads of its own, one for each direction.
 */
public final class TunnelEngine implements AutoCloseable {
  private final TunDevice tun;
  private final DatagramTransport transport;
  private final EngineCore core;
  private final Worker outbound;
  private final Worker inbound;
  private volatile boolean running = true;

  private TunnelEngine(
      TunDevice tun, DatagramTransport transport, EngineSettings settings, AeadChoice aead) {
    this.tun = tun;
    this.transport = transport;
    core = new EngineCore(tun, transport, settings, aead, SaLimits::of);
    outbound =
        new Worker(
            "culvert-outbound",
            core.outbound(),
            settings.nanoClock(),
            () -> running,
            () -> ended(SnapshotExchange.Worker.OUTBOUND));
    inbound =
        new Worker(
            "culvert-inbound",
            core.inbound(),
            settings.nanoClock(),
            () -> running,
            () -> ended(SnapshotExchange.Worker.INBOUND));
  }

  /**
   * Starts the two workers with an empty configuration. The devices stay the caller's: close the
   * engine first, then them.
   */
  public static TunnelEngine start(
      TunDevice tun, DatagramTransport transport, EngineSettings settings) {
    AeadChoice aead =
        settings.aead() == AeadPreference.JDK ? AeadChoice.jdk() : AeadChoice.fastest();
    TunnelEngine engine = new TunnelEngine(tun, transport, settings, aead);
    engine.core.exchange().attach(SnapshotExchange.Worker.OUTBOUND);
    engine.core.exchange().attach(SnapshotExchange.Worker.INBOUND);
    engine.outbound.start();
    engine.inbound.start();
    return engine;
  }

  /**
   * Replaces the configuration. When the call returns, both workers use the new one: no packet of a
   * peer that it does not name is sent or accepted any more, and the keys of such a peer are
   * destroyed. A peer that it names with keys is probed at once.
   *
   * <p>Keys are derived only when their identity is not in use; an identity that was dropped, or
   * whose peer was named without keys, needs them again.
   *
   * @throws IllegalArgumentException if a key has the wrong length; nothing has changed then
   */
  public void configure(TunnelConfiguration configuration) {
    core.configure(configuration);
  }

  /**
   * Shows the workers where to put copies of their packets, or with null that no more are wanted.
   * When the call returns, no worker uses an earlier tap any more. One tap at a time; any thread.
   */
  public void tap(@Nullable CaptureTap tap) {
    core.tap(tap);
  }

  /** What has happened up to now. Any thread. */
  public EngineStatistics statistics() {
    return core.statistics(outbound.allocatedBytes(), inbound.allocatedBytes(), running);
  }

  private void ended(SnapshotExchange.Worker worker) {
    core.exchange().detach(worker);
    stop();
  }

  private void stop() {
    running = false;
    tun.wakeReader();
    transport.wakeReceiver();
  }

  /** Ends both workers and destroys all keys. Does not close the devices. Idempotent. */
  @Override
  public void close() {
    stop();
    outbound.join();
    inbound.join();
    core.configure(TunnelConfiguration.EMPTY);
  }
}
