package io.culvert.agent.dataplane;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of a {@link DutyCycle}. */
final class Worker {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Thread thread;
  private volatile long finalAllocatedBytes = -1;

  /**
   * A worker, not started.
   *
   * @param running whether to go on
   * @param ended called by the thread at its end, whatever ended it
   */
  Worker(
      String name,
      DutyCycle cycle,
      LongSupplier nanoClock,
      BooleanSupplier running,
      Runnable ended) {
    thread =
        Thread.ofPlatform()
            .name(name)
            .daemon()
            .unstarted(
                () -> {
                  try {
                    DutyCycle.run(cycle, nanoClock, running);
                  } catch (RuntimeException e) {
                    if (running.getAsBoolean()) {
                      LOG.error("{} ends", name, e);
                    }
                  } finally {
                    finalAllocatedBytes = allocatedNow();
                    ended.run();
                  }
                });
  }

  void start() {
    thread.start();
  }

  /** Heap bytes its thread has allocated. Any thread. */
  long allocatedBytes() {
    long last = finalAllocatedBytes;
    return last >= 0 ? last : Math.max(0, allocatedNow());
  }

  private long allocatedNow() {
    return THREADS.getThreadAllocatedBytes(thread.threadId());
  }

  /** Waits for the end of the thread. */
  void join() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // keys are destroyed after this, so the thread must be gone
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
