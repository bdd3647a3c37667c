package io.culvert.agent.dataplane;

import io.culvert.agent.capture.CaptureRing;
import io.culvert.agent.capture.CaptureTap;
import io.culvert.agent.ip.IpPacket;
import io.culvert.agent.transport.ReceivedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Shows a capture the datagrams of a batch, each before the packet that came out of it. While none
 * runs, each call reads one field. Owned by the inbound worker.
 */
final class InboundTap {
  private final ReceivedBatch batch;
  private @Nullable CaptureRing ring;
  private @Nullable PeerState peer;
  private int at;
  private int lengthBytes;
  private boolean shown;

  InboundTap(ReceivedBatch batch) {
    this.batch = batch;
  }

  void use(@Nullable CaptureTap tap) {
    ring = tap == null ? null : tap.inbound();
  }

  void now(long nanos) {
    if (ring != null) {
      ring.now(nanos);
    }
  }

  /** The next datagram of the batch. */
  void begin(int offset, int datagramBytes) {
    if (ring != null) {
      at = offset;
      lengthBytes = datagramBytes;
      peer = null;
      shown = false;
    }
  }

  /** It is authentic and of this peer. */
  void authentic(PeerState sender) {
    if (ring != null) {
      peer = sender;
    }
  }

  /** It holds this packet, which will be delivered. */
  void inner(IpPacket packet) {
    PeerState sender = peer;
    if (ring != null && sender != null) {
      shown = true;
      if (ring.selects(sender.nodeId)) {
        outer(ring, sender, null);
        ring.inner(
            sender.vpnId, sender.nodeId, packet.bytes(), packet.offset(), packet.lengthBytes());
      }
    }
  }

  /** It is done with; {@code reason} says why it was dropped, if it was. */
  void end(@Nullable DropReason reason) {
    if (ring != null && !shown && ring.selects(peer == null ? null : peer.nodeId)) {
      outer(ring, peer, reason);
    }
  }

  private void outer(CaptureRing to, @Nullable PeerState sender, @Nullable DropReason reason) {
    to.outer(
        sender == null ? null : sender.vpnId,
        sender == null ? null : sender.nodeId,
        reason == null ? null : reason.name(),
        batch.sourceHigh(),
        batch.sourceLow(),
        batch.sourcePort(),
        batch.buffer(),
        at,
        lengthBytes);
  }
}
