package io.culvert.benchmarks.failover;

import io.culvert.acceptance.cluster.ClusterAdministrator;
import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.LabException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** An administrator who changes a VPN without a rest, and the longest time without success. */
final class AdminLoad implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final ClusterAdministrator administrator;
  private final int server;
  private final String path;
  private volatile boolean stopping;
  private final AtomicInteger done = new AtomicInteger();
  private volatile long longestGapNanos;

  private AdminLoad(ClusterAdministrator administrator, int server, String path) {
    this.administrator = administrator;
    this.server = server;
    this.path = path;
  }

  /**
   * Begins, on a thread of its own, which ends soon after {@link #close}.
   *
   * @param server that is asked, from 0
   * @param path of the membership that comes and goes
   */
  static AdminLoad begin(ClusterAdministrator administrator, int server, String path) {
    AdminLoad load = new AdminLoad(administrator, server, path);
    var _ = Thread.ofPlatform().daemon().name("bench-administrator").start(load::run);
    return load;
  }

  private void run() {
    long lastNanos = System.nanoTime();
    while (!stopping) {
      String method = done.get() % 2 == 0 ? "PUT" : "DELETE";
      if (isDone(method)) {
        long now = System.nanoTime();
        if (done.get() > 0) {
          longestGapNanos = Math.max(longestGapNanos, now - lastNanos);
        }
        lastNanos = now;
        done.incrementAndGet();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private boolean isDone(String method) {
    try {
      return administrator
          .ask(server, method, path, Map.of(), UUID.randomUUID().toString())
          .isGood();
    } catch (IOException | LabException e) {
      return false;
    }
  }

  /** Waits until one more change is done. */
  void awaitAnswer(Duration limit) {
    int before = done.get();
    Await.until("an answer to the administrator", limit, () -> done.get() > before);
  }

  /** The longest time between two changes that were done. */
  double longestGapSeconds() {
    return longestGapNanos / 1e9;
  }

  @Override
  public void close() {
    stopping = true;
  }
}
