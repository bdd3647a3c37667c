package io.culvert.agent.linux;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What a thread allocates on the heap. */
public final class Allocation {
  private static final int WARM_UP = 30_000;
  private static final int MEASURED = 5_000;

  private Allocation() {}

  /** Bytes that {@link #MEASURED} runs allocate together, after a warm-up. */
  public static long bytesInSteadyState(Runnable task) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    run(task, WARM_UP);
    long before = threads.getCurrentThreadAllocatedBytes();
    long nothing = threads.getCurrentThreadAllocatedBytes() - before;
    before = threads.getCurrentThreadAllocatedBytes();
    run(task, MEASURED);
    return threads.getCurrentThreadAllocatedBytes() - before - nothing;
  }

  private static void run(Runnable task, int times) {
    for (int i = 0; i < times; i++) {
      task.run();
    }
  }
}
