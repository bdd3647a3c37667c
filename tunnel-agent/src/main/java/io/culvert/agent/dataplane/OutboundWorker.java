package io.culvert.agent.dataplane;

import io.culvert.agent.capture.CaptureRing;
import io.culvert.agent.esp.EspPacket;
import io.culvert.agent.esp.EspSealer;
import io.culvert.agent.ip.IpPacket;
import io.culvert.agent.ip.TransportChecksum;
import io.culvert.agent.masquerade.MasqueradeHeader;
import io.culvert.agent.sad.SecurityAssociationPair;
import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.tun.TunDevice;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets from the TUN device to the outer network, and keeps the paths. A duty-cycle
 * agent: {@link #doWork} does what there is and returns, {@link #await} waits for more.
 */
final class OutboundWorker implements DutyCycle {
  /** Frames of one duty cycle; after them timers and signals get their turn. */
  private static final int MAX_FRAMES = 64;

  private static final int START = TunDevice.VNET_HEADER_BYTES;

  private final TunDevice tun;
  private final SnapshotExchange exchange;
  private final PeerSignals signals;
  private final DropCounters drops;
  private final WorkerCounters counters;
  private final BatchSender batch;
  private final PacketSealer sealer;
  private final PathKeeper paths;
  private final IpPacket packet = new IpPacket();
  private final Segmenter segmenter = new Segmenter();
  private final byte[] frame = new byte[TunDevice.MAX_FRAME_BYTES + EspSealer.TRAILER_ROOM_BYTES];
  private Snapshot snapshot = Snapshot.EMPTY;
  private @Nullable CaptureRing tap;
  private long nowNanos;

  OutboundWorker(
      TunDevice tun,
      DatagramTransport transport,
      EngineSettings settings,
      SnapshotExchange exchange,
      PeerSignals signals,
      DropCounters drops,
      WorkerCounters counters,
      Consumer<SecurityAssociationPair> retired) {
    this.tun = tun;
    this.exchange = exchange;
    this.signals = signals;
    this.drops = drops;
    this.counters = counters;
    batch = new BatchSender(transport, drops, counters);
    sealer = new PacketSealer(batch, drops);
    paths = new PathKeeper(sealer, settings, retired);
  }

  @Override
  public int doWork(long now) {
    nowNanos = now;
    takeSnapshot();
    if (tap != null) {
      tap.now(now);
    }
    int frames = 0;
    while (frames < MAX_FRAMES) {
      int frameBytes = tun.read(frame, 0, TunDevice.MAX_FRAME_BYTES);
      if (frameBytes == 0) {
        break;
      }
      forward(frameBytes);
      frames++;
    }
    serveSignals();
    if (paths.nextDeadlineNanos() - now <= 0) {
      paths.onTimer(snapshot.peers(), now);
    }
    batch.flush();
    return frames;
  }

  @Override
  public void await(long now) {
    tun.awaitReadable(Math.max(0, paths.nextDeadlineNanos() - now));
  }

  private void takeSnapshot() {
    Snapshot newest = exchange.current();
    if (newest.version() != snapshot.version()) {
      snapshot = newest;
      tap = newest.tap() == null ? null : newest.tap().outbound();
      sealer.tap(tap);
      exchange.acknowledge(SnapshotExchange.Worker.OUTBOUND, newest);
      paths.onTimer(newest.peers(), nowNanos);
    }
  }

  private void serveSignals() {
    for (PeerState peer = signals.poll(); peer != null; peer = signals.poll()) {
      PeerPolicy policy = peer.policy();
      if (policy != null) {
        paths.onSignal(policy, nowNanos);
      }
    }
  }

  private void forward(int frameBytes) {
    counters.frames.add(1);
    if (frameBytes <= START || !packet.wrap(frame, START, frameBytes - START)) {
      drops.count(DropReason.MALFORMED_OUTBOUND);
      return;
    }
    PeerPolicy peer = snapshot.policies().select(packet);
    DropReason refusal = peer == null ? refusalWithoutPolicy() : send(peer);
    if (refusal != null) {
      drops.count(refusal);
    }
  }

  private DropReason refusalWithoutPolicy() {
    return packet.isMulticastOrBroadcast() ? DropReason.NOT_UNICAST : DropReason.NO_POLICY;
  }

  private @Nullable DropReason send(PeerPolicy peer) {
    SecurityAssociationPair pair = peer.outboundPair();
    if (pair == null) {
      return DropReason.NO_SECURITY_ASSOCIATION;
    }
    Endpoint destination = peer.destination();
    if (destination == null) {
      return DropReason.NO_ENDPOINT;
    }
    return switch (VnetHeader.gsoType(frame)) {
      case VnetHeader.GSO_NONE -> sendWhole(peer, pair, destination);
      case VnetHeader.GSO_TCPV4, VnetHeader.GSO_TCPV6 ->
          sendSegments(IpPacket.TCP, peer, pair, destination);
      case VnetHeader.GSO_UDP_L4 -> sendSegments(IpPacket.UDP, peer, pair, destination);
      default -> DropReason.MALFORMED_OUTBOUND;
    };
  }

  private @Nullable DropReason sendWhole(
      PeerPolicy peer, SecurityAssociationPair pair, Endpoint destination) {
    int flags = 0;
    if (VnetHeader.needsChecksum(frame)) {
      int start = VnetHeader.checksumStart(frame);
      int field = VnetHeader.checksumOffset(frame);
      if (start + field + 2 > packet.lengthBytes()) {
        return DropReason.MALFORMED_OUTBOUND;
      }
      if (start == packet.headerBytes() && field == TransportChecksum.fieldOffset(packet)) {
        flags = MasqueradeHeader.CHECKSUM_PARTIAL;
      } else {
        TransportChecksum.complete(frame, START + start, packet.lengthBytes() - start, field);
      }
    }
    sealOne(peer, pair, destination, flags, START, packet.lengthBytes());
    return null;
  }

  private @Nullable DropReason sendSegments(
      int protocol, PeerPolicy peer, SecurityAssociationPair pair, Endpoint destination) {
    if (!segmenter.begin(packet, protocol, VnetHeader.gsoSize(frame))) {
      return DropReason.MALFORMED_OUTBOUND;
    }
    while (segmenter.next()) {
      sealOne(
          peer,
          pair,
          destination,
          MasqueradeHeader.CHECKSUM_PARTIAL,
          segmenter.offset(),
          segmenter.lengthBytes());
    }
    return null;
  }

  private void sealOne(
      PeerPolicy peer,
      SecurityAssociationPair pair,
      Endpoint destination,
      int flags,
      int offset,
      int lengthBytes) {
    int nextHeader = packet.version() == 4 ? EspPacket.IPV4 : EspPacket.IPV6;
    int word = peer.masqueradeWord() | flags;
    if (sealer.seal(
        peer.state(), pair.outbound(), destination, word, nextHeader, frame, offset, lengthBytes)) {
      counters.packets.add(1);
      counters.bytes.add(lengthBytes);
      peer.state().outboundPackets.add(1);
      peer.state().outboundBytes.add(lengthBytes);
      paths.onDataSent(peer, nowNanos);
    }
  }
}
