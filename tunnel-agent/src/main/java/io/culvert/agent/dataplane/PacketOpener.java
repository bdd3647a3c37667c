package io.culvert.agent.dataplane;

import io.culvert.agent.esp.AntiReplayWindow;
import io.culvert.agent.esp.EspOpener;
import io.culvert.agent.esp.EspPacket;
import io.culvert.agent.esp.ExtendedSequenceNumber;
import io.culvert.agent.sad.InboundSecurityAssociation;
import org.jspecify.annotations.Nullable;

/**
 * Opens ESP packets in the order that is law (RFC 4303, section 3.4): SAD, replay pre-check,
 * authentication, window. Reused; the results are valid until the next call. Owned by the inbound
 * worker.
 */
final class PacketOpener {
  private final EspOpener esp = new EspOpener();
  private @Nullable InboundBinding binding;
  private boolean newest;

  /**
   * Finds the association and opens the packet with it.
   *
   * @param bindings what its SPI leads to
   * @param masqueradeWord what stood in front of it; 0 for nothing
   * @return null if it is authentic and new: then {@link #binding} and {@link #esp} speak of it
   */
  @Nullable DropReason open(
      @Nullable InboundBinding bindings,
      int masqueradeWord,
      byte[] in,
      int inOffset,
      int lengthBytes,
      byte[] out,
      int outOffset) {
    DropReason reason = DropReason.UNKNOWN_SPI;
    for (InboundBinding next = bindings; next != null; next = next.older()) {
      if (next.pair().isRetired()) {
        continue;
      }
      reason =
          open(next.pair().inbound(), masqueradeWord, in, inOffset, lengthBytes, out, outOffset);
      if (reason == null) {
        binding = next;
        return null;
      }
    }
    return reason;
  }

  private @Nullable DropReason open(
      InboundSecurityAssociation association,
      int masqueradeWord,
      byte[] in,
      int inOffset,
      int lengthBytes,
      byte[] out,
      int outOffset) {
    if (!association.form().isPlausible(lengthBytes)) {
      return DropReason.MALFORMED_OUTER;
    }
    AntiReplayWindow window = association.window();
    int sequenceInt = EspPacket.sequenceInt(in, inOffset);
    long sequence =
        ExtendedSequenceNumber.recover(window.highest(), sequenceInt, AntiReplayWindow.SIZE);
    if (!window.isAcceptable(sequence)) {
      return DropReason.REPLAYED;
    }
    boolean authentic =
        esp.open(
            association.form(),
            association.transform(),
            masqueradeWord,
            sequence,
            in,
            inOffset,
            lengthBytes,
            out,
            outOffset);
    if (!authentic) {
      return DropReason.AUTHENTICATION_FAILED;
    }
    newest = window.mark(sequence);
    return null;
  }

  /** What the packet was opened with. */
  InboundBinding binding() {
    if (binding == null) {
      throw new IllegalStateException("nothing was opened yet");
    }
    return binding;
  }

  /** Whether its sequence number is the newest of its association. */
  boolean isNewest() {
    return newest;
  }

  /** The opened packet's trailer. */
  EspOpener esp() {
    return esp;
  }
}
