package io.culvert.agent.dataplane;

import io.culvert.agent.capture.CaptureRing;
import io.culvert.agent.esp.EspPacket;
import io.culvert.agent.esp.EspSealer;
import io.culvert.agent.ip.NetworkOrder;
import io.culvert.agent.masquerade.MasqueradeHeader;
import io.culvert.agent.sad.OutboundSecurityAssociation;
import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.transport.Endpoint;
import org.jspecify.annotations.Nullable;

/** Seals one packet as masqueraded ESP into the batch. Owned by the outbound worker. */
final class PacketSealer {
  private final EspSealer esp = new EspSealer();
  private final BatchSender batch;
  private final DropCounters drops;
  private @Nullable CaptureRing tap;

  PacketSealer(BatchSender batch, DropCounters drops) {
    this.batch = batch;
    this.drops = drops;
  }

  /** Where copies go from now on; null: nowhere. */
  void tap(@Nullable CaptureRing ring) {
    tap = ring;
  }

  /**
   * Seals a packet for a destination.
   *
   * @param peer whose it is
   * @param in has {@link EspSealer#TRAILER_ROOM_BYTES} behind the payload
   * @return whether it is in the batch; otherwise it is counted
   */
  boolean seal(
      PeerState peer,
      OutboundSecurityAssociation association,
      Endpoint destination,
      int masqueradeWord,
      int nextHeader,
      byte[] in,
      int inOffset,
      int payloadBytes) {
    int datagramBytes = MasqueradeHeader.BYTES + association.form().sealedBytes(payloadBytes);
    if (datagramBytes > DatagramTransport.MAX_BATCH_BYTES) {
      drops.count(DropReason.MALFORMED_OUTBOUND);
      return false;
    }
    long sequence = association.acquireSequence(payloadBytes);
    if (sequence == 0) {
      drops.count(DropReason.SA_EXHAUSTED);
      return false;
    }
    int at = batch.reserve(destination, datagramBytes);
    NetworkOrder.putInt32(batch.buffer(), at, masqueradeWord);
    esp.seal(
        association.form(),
        association.transform(),
        masqueradeWord,
        association.spiInt(),
        sequence,
        nextHeader,
        in,
        inOffset,
        payloadBytes,
        batch.buffer(),
        at + MasqueradeHeader.BYTES);
    batch.commit(datagramBytes);
    CaptureRing ring = tap;
    if (ring != null && ring.selects(peer.nodeId)) {
      if (nextHeader != EspPacket.NO_NEXT_HEADER) {
        ring.inner(peer.vpnId, peer.nodeId, in, inOffset, payloadBytes);
      }
      ring.outer(
          peer.vpnId,
          peer.nodeId,
          null,
          destination.high(),
          destination.low(),
          destination.port(),
          batch.buffer(),
          at,
          datagramBytes);
    }
    return true;
  }
}
