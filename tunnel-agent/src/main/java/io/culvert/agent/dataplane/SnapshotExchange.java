package io.culvert.agent.dataplane;

import java.util.EnumMap;
import java.util.Map;

/**
 * Hands snapshots from the control thread to the workers, and tells it when they have let go of the
 * one before. A worker takes the newest at the start of each duty cycle and uses no other in it.
 */
final class SnapshotExchange {
  /** The workers. */
  enum Worker {
    OUTBOUND,
    INBOUND
  }

  private volatile Snapshot current = Snapshot.EMPTY;

  /** Version that each attached worker uses; guarded by this. */
  private final Map<Worker, Long> acknowledged = new EnumMap<>(Worker.class);

  Snapshot current() {
    return current;
  }

  /** A worker begins: from now on it is waited for. */
  synchronized void attach(Worker worker) {
    acknowledged.put(worker, current.version());
  }

  /** A worker has ended and uses no snapshot any more. */
  synchronized void detach(Worker worker) {
    acknowledged.remove(worker);
    notifyAll();
  }

  /** A worker uses {@code snapshot} and none before it. */
  synchronized void acknowledge(Worker worker, Snapshot snapshot) {
    acknowledged.replace(worker, snapshot.version());
    notifyAll();
  }

  void publish(Snapshot snapshot) {
    current = snapshot;
  }

  /** Waits until no worker uses an older snapshot than {@code version}. */
  synchronized void awaitAcknowledged(long version) {
    boolean interrupted = false;
    while (acknowledged.values().stream().anyMatch(used -> used < version)) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // keys in use must not be destroyed; the wait is one duty cycle
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
