package io.culvert.agent.dataplane;

import io.culvert.agent.tun.TunDevice;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * From the inbound to the outbound worker: peers that need its attention. Only authenticated
 * packets signal, and a peer is queued once; if the queue is full the signal is lost, and the
 * peer's next probe brings another.
 */
final class PeerSignals {
  private static final int CAPACITY = 1024;

  private final ArrayBlockingQueue<PeerState> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final TunDevice tun;

  PeerSignals(TunDevice tun) {
    this.tun = tun;
  }

  /** Asks the outbound worker to look at this peer. Only the inbound worker. */
  void raise(PeerState peer) {
    if (!peer.raiseSignal()) {
      return;
    }
    if (queue.offer(peer)) {
      tun.wakeReader();
    } else {
      peer.clearSignal();
    }
  }

  /** The next peer; null if there is none. Only the outbound worker. */
  @Nullable PeerState poll() {
    if (queue.isEmpty()) {
      return null;
    }
    PeerState peer = queue.poll();
    if (peer != null) {
      peer.clearSignal();
    }
    return peer;
  }
}
