package io.culvert.agent.dataplane;

import io.culvert.agent.transport.DatagramTransport;
import io.culvert.agent.transport.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * Collects datagrams for one destination back to back, so that one call sends them all: all of one
 * size, but the last may be shorter. Owned by the outbound worker.
 */
final class BatchSender {
  private final DatagramTransport transport;
  private final DropCounters drops;
  private final WorkerCounters counters;
  private final byte[] buffer = new byte[DatagramTransport.MAX_BATCH_BYTES];
  private @Nullable Endpoint destination;
  private int lengthBytes;
  private int segmentBytes;
  private int count;
  private boolean complete;

  BatchSender(DatagramTransport transport, DropCounters drops, WorkerCounters counters) {
    this.transport = transport;
    this.drops = drops;
    this.counters = counters;
  }

  /** Where datagrams are written. */
  byte[] buffer() {
    return buffer;
  }

  /**
   * Makes room for a datagram, sending what is there if it does not fit.
   *
   * @param datagramBytes at most {@link DatagramTransport#MAX_BATCH_BYTES}
   * @return its offset in {@link #buffer}
   */
  int reserve(Endpoint to, int datagramBytes) {
    boolean fits =
        count > 0
            && !complete
            && datagramBytes <= segmentBytes
            && lengthBytes + datagramBytes <= buffer.length
            && to.equals(destination);
    if (!fits) {
      flush();
      destination = to;
      segmentBytes = datagramBytes;
    }
    return lengthBytes;
  }

  /** The datagram at the reserved place is there. */
  void commit(int datagramBytes) {
    lengthBytes += datagramBytes;
    count++;
    complete = datagramBytes < segmentBytes || count == DatagramTransport.MAX_BATCH_DATAGRAMS;
  }

  /** Sends what is there. */
  void flush() {
    if (count == 0 || destination == null) {
      return;
    }
    if (!transport.send(buffer, 0, lengthBytes, segmentBytes, destination)) {
      drops.count(DropReason.SEND_FAILED, count);
    }
    counters.datagrams.add(count);
    counters.batches.add(1);
    lengthBytes = 0;
    count = 0;
    complete = false;
  }
}
