package io.culvert.agent.dataplane;

import io.culvert.agent.esp.EspPacket;
import io.culvert.agent.ip.IpPacket;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.ip.TransportChecksum;
import io.culvert.agent.masquerade.DatagramKind;
import io.culvert.agent.masquerade.MasqueradeHeader;
import io.culvert.agent.sad.SecurityAssociationPair;
import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.transport.ReceivedBatch;
import io.culvert.agent.tun.TunDevice;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets from the outer network to the TUN device, and learns from authentic ones where
 * their peers are. A duty-cycle agent.
 */
final class InboundWorker implements DutyCycle {
  /** Batches of one duty cycle; then the open frame is written. */
  private static final int MAX_BATCHES = 16;

  private static final long WAIT_NANOS = PathKeeper.FAR_NANOS;

  private final TunDevice tun;
  private final DatagramTransport transport;
  private final SnapshotExchange exchange;
  private final PeerSignals signals;
  private final DropCounters drops;
  private final WorkerCounters counters;
  private final ConcurrentLinkedQueue<SecurityAssociationPair> retired =
      new ConcurrentLinkedQueue<>();
  private final ReceivedBatch batch = new ReceivedBatch();
  private final PacketOpener opener = new PacketOpener();
  private final IpPacket packet = new IpPacket();
  private final InboundTap tap = new InboundTap(batch);
  private final Coalescer coalescer;
  private Snapshot snapshot = Snapshot.EMPTY;
  private long nowNanos;

  InboundWorker(
      TunDevice tun,
      DatagramTransport transport,
      SnapshotExchange exchange,
      PeerSignals signals,
      DropCounters drops,
      WorkerCounters counters) {
    this.tun = tun;
    this.transport = transport;
    this.exchange = exchange;
    this.signals = signals;
    this.drops = drops;
    this.counters = counters;
    coalescer = new Coalescer(this::writeFrame, tun.offloads());
  }

  /** The grace of this pair is over: its inbound key is zeroed by its owner. Any thread. */
  void retire(SecurityAssociationPair pair) {
    retired.add(pair);
    transport.wakeReceiver();
  }

  @Override
  public int doWork(long now) {
    nowNanos = now;
    takeSnapshot();
    tap.now(now);
    int batches = 0;
    while (batches < MAX_BATCHES && transport.receive(batch)) {
      openBatch();
      batches++;
    }
    coalescer.flush();
    counters.batches.add(batches);
    return batches;
  }

  @Override
  public void await(long now) {
    transport.awaitReadable(WAIT_NANOS);
  }

  private void takeSnapshot() {
    Snapshot newest = exchange.current();
    if (newest.version() != snapshot.version()) {
      snapshot = newest;
      tap.use(newest.tap());
      exchange.acknowledge(SnapshotExchange.Worker.INBOUND, newest);
    }
    for (var pair = retired.poll(); pair != null; pair = retired.poll()) {
      pair.inbound().transform().close();
    }
  }

  private void openBatch() {
    int segment = Math.max(1, batch.segmentBytes());
    int datagrams = 0;
    for (int at = 0; at < batch.lengthBytes(); at += segment) {
      int lengthBytes = Math.min(segment, batch.lengthBytes() - at);
      tap.begin(at, lengthBytes);
      DropReason reason = openDatagram(at, lengthBytes);
      tap.end(reason);
      if (reason != null) {
        drops.count(reason);
      }
      datagrams++;
    }
    counters.datagrams.add(datagrams);
  }

  private @Nullable DropReason openDatagram(int at, int lengthBytes) {
    return switch (DatagramKind.of(batch.buffer(), at, lengthBytes)) {
      case KEEPALIVE -> null;
      case IKE -> DropReason.IKE_NOT_HANDLED;
      case TRUNCATED -> DropReason.TRUNCATED;
      case PLAIN_ESP -> openEsp(at, lengthBytes, 0);
      case MASQUERADED -> {
        int word = NetworkOrder.int32(batch.buffer(), at);
        yield MasqueradeHeader.isEsp(word)
            ? openEsp(at + MasqueradeHeader.BYTES, lengthBytes - MasqueradeHeader.BYTES, word)
            : DropReason.MALFORMED_OUTER;
      }
    };
  }

  private @Nullable DropReason openEsp(int at, int lengthBytes, int masqueradeWord) {
    if (lengthBytes < EspPacket.MIN_BYTES) {
      return DropReason.TRUNCATED;
    }
    if (!EspPacket.isPlausible(lengthBytes)) {
      return DropReason.MALFORMED_OUTER;
    }
    InboundBinding bindings = snapshot.associations().get(EspPacket.spiInt(batch.buffer(), at));
    coalescer.prepare();
    DropReason reason =
        opener.open(
            bindings,
            masqueradeWord,
            batch.buffer(),
            at,
            lengthBytes,
            coalescer.target(),
            coalescer.targetOffset());
    boolean partial = (masqueradeWord & MasqueradeHeader.CHECKSUM_PARTIAL) != 0;
    if (reason == null) {
      noteAuthentic(opener.binding());
      reason = checkInner(opener.binding().policy(), partial);
    }
    if (reason != null || opener.esp().nextHeader() == EspPacket.NO_NEXT_HEADER) {
      coalescer.abandon();
      return reason;
    }
    deliver(opener.binding().policy().state(), partial);
    return null;
  }

  /** What any authentic packet shows, whatever is in it. */
  private void noteAuthentic(InboundBinding binding) {
    PeerState peer = binding.policy().state();
    tap.authentic(peer);
    peer.inboundPackets.add(1);
    peer.lastInboundNanos.set(nowNanos);
    if (opener.isNewest() && peer.learnsFrom(binding.generation())) {
      var known = peer.endpoint();
      if (known == null || !batch.isFrom(known)) {
        peer.learn(batch.source());
      }
      peer.learnOnlyFrom(binding.generation());
    }
    if (!binding.pair().isProven()) {
      binding.pair().prove();
      signals.raise(peer);
    }
  }

  private @Nullable DropReason checkInner(PeerPolicy policy, boolean partial) {
    byte[] bytes = coalescer.target();
    int at = coalescer.targetOffset();
    if (!opener.esp().removeTrailer(bytes, at)) {
      return DropReason.BAD_PADDING;
    }
    int payloadBytes = opener.esp().payloadBytes();
    return switch (opener.esp().nextHeader()) {
      case EspPacket.NO_NEXT_HEADER -> {
        answerProbe(policy.state(), payloadBytes);
        yield null;
      }
      case EspPacket.IPV4, EspPacket.IPV6 -> checkPacket(policy, bytes, at, payloadBytes, partial);
      default -> DropReason.UNEXPECTED_NEXT_HEADER;
    };
  }

  private @Nullable DropReason checkPacket(
      PeerPolicy policy, byte[] bytes, int at, int payloadBytes, boolean partial) {
    int version = opener.esp().nextHeader() == EspPacket.IPV4 ? 4 : 6;
    if (!packet.wrap(bytes, at, payloadBytes)
        || packet.version() != version
        || (partial && TransportChecksum.fieldOffset(packet) < 0)) {
      return DropReason.MALFORMED_INNER;
    }
    return policy.selector().permitsInbound(packet) ? null : DropReason.SELECTOR_MISMATCH;
  }

  private void answerProbe(PeerState peer, int payloadBytes) {
    if (payloadBytes > 0
        && coalescer.target()[coalescer.targetOffset()] == DummyKind.PROBE
        && opener.isNewest()) {
      peer.oweAnswer(opener.binding().pair());
      signals.raise(peer);
    }
  }

  private void deliver(PeerState peer, boolean partial) {
    int lengthBytes = packet.lengthBytes();
    counters.packets.add(1);
    counters.bytes.add(lengthBytes);
    peer.inboundBytes.add(lengthBytes);
    tap.inner(packet);
    coalescer.accept(packet, partial);
  }

  private void writeFrame(byte[] buffer, int offset, int lengthBytes, int packets) {
    counters.frames.add(1);
    if (!tun.write(buffer, offset, lengthBytes)) {
      drops.count(DropReason.TUN_WRITE_FAILED, packets);
    }
  }
}
