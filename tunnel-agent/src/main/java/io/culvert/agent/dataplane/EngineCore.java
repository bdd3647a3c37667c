package io.culvert.agent.dataplane;

import io.culvert.agent.capture.CaptureTap;
import io.culvert.agent.esp.AeadChoice;
import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.sad.SaLimits;
import io.culvert.agent.sad.SecurityAssociationPair;
import io.culvert.agent.sad.SecurityAssociationRegistry;
import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.tun.TunDevice;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The engine without its threads: what a test can drive step by step with a time of its own. */
final class EngineCore {
  private final TunDevice tun;
  private final DatagramTransport transport;
  private final LongSupplier nanoClock;
  private final AeadChoice aead;
  private final SnapshotExchange exchange = new SnapshotExchange();
  private final DropCounters drops = new DropCounters();
  private final WorkerCounters outboundCounters = new WorkerCounters();
  private final WorkerCounters inboundCounters = new WorkerCounters();
  private final PeerRegistry peers;
  private final OutboundWorker outbound;
  private final InboundWorker inbound;

  /** Guarded by this. */
  private @Nullable CaptureTap tap;

  EngineCore(
      TunDevice tun,
      DatagramTransport transport,
      EngineSettings settings,
      AeadChoice aead,
      Function<EspTransform, SaLimits> limits) {
    this.tun = tun;
    this.transport = transport;
    this.aead = aead;
    nanoClock = settings.nanoClock();
    peers = new PeerRegistry(new SecurityAssociationRegistry(aead, limits));
    var signals = new PeerSignals(tun);
    inbound = new InboundWorker(tun, transport, exchange, signals, drops, inboundCounters);
    outbound =
        new OutboundWorker(
            tun, transport, settings, exchange, signals, drops, outboundCounters, inbound::retire);
  }

  OutboundWorker outbound() {
    return outbound;
  }

  InboundWorker inbound() {
    return inbound;
  }

  SnapshotExchange exchange() {
    return exchange;
  }

  /**
   * Replaces the configuration; returns when both workers use it. Only the control thread; a tap is
   * put on and taken off by others, which wait for it, and it for them.
   */
  synchronized void configure(TunnelConfiguration configuration) {
    if (peers.releaseRetired()) {
      publish(); // so that an identity among them can be made anew below
    }
    peers.apply(configuration);
    publish();
  }

  /** Replaces the tap; returns when both workers use it and none before it. Any thread. */
  synchronized void tap(@Nullable CaptureTap newTap) {
    tap = newTap;
    publish();
  }

  private void publish() {
    Snapshot snapshot = peers.snapshot().tapped(tap);
    exchange.publish(snapshot);
    tun.wakeReader();
    transport.wakeReceiver();
    exchange.awaitAcknowledged(snapshot.version());
    peers.destroyReleased();
  }

  /** What has happened up to now. Any thread. */
  EngineStatistics statistics(
      long outboundAllocatedBytes, long inboundAllocatedBytes, boolean running) {
    long now = nanoClock.getAsLong();
    List<EngineStatistics.Peer> rows =
        exchange.current().peers().stream().map(peer -> statistics(peer, now)).toList();
    return new EngineStatistics(
        rows,
        drops.read(),
        outboundCounters.read(outboundAllocatedBytes),
        inboundCounters.read(inboundAllocatedBytes),
        aead.description(),
        offloads(),
        running);
  }

  private EngineStatistics.Offloads offloads() {
    return new EngineStatistics.Offloads(tun.offloads(), transport.segmentationOffload());
  }

  private static EngineStatistics.Peer statistics(PeerPolicy peer, long nowNanos) {
    PeerState state = peer.state();
    SecurityAssociationPair newest = peer.newest();
    String identity = newest == null ? null : newest.identity();
    EspTransform transform = newest == null ? null : newest.transform();
    long last = state.lastInboundNanos.get();
    return new EngineStatistics.Peer(
        state.vpnId,
        state.nodeId,
        state.endpoint(),
        identity,
        transform,
        state.outboundPackets.get(),
        state.outboundBytes.get(),
        state.inboundPackets.get(),
        state.inboundBytes.get(),
        state.hasInbound() ? Math.max(0, nowNanos - last) : -1,
        newest != null && state.hasHadKeys()
            ? Math.max(0, nowNanos - state.keysSinceNanos.get())
            : -1,
        newest != null && !newest.isProven() && peer.pairCount() > 1,
        newest != null && newest.outbound().isPastSoftLimit());
  }
}
