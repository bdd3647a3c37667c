package io.culvert.agent.control;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's work on its control thread, one task at a time and in order. The thread is the
 * client's own, or one that many clients of a process share. Thread-safe.
 */
public final class ControlThread {
  private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);

  private final ScheduledExecutorService thread;
  private final boolean own;
  private volatile boolean ended;
  private @Nullable Future<?> repeated;

  private ControlThread(ScheduledExecutorService thread, boolean own) {
    this.thread = thread;
    this.own = own;
  }

  /** A new thread, which ends with its client. */
  static ControlThread own() {
    return new ControlThread(
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("culvert-control").factory()),
        true);
  }

  /**
   * A thread that other clients use too, and that does not end with this one.
   *
   * @param thread one thread; a client that blocks it holds up the others
   */
  public static ControlThread shared(ScheduledExecutorService thread) {
    return new ControlThread(thread, false);
  }

  /** Does some work soon; none after {@link #end}. */
  void execute(Runnable work) {
    try {
      thread.execute(() -> unlessEnded(work));
    } catch (RejectedExecutionException closed) {
      LOG.debug("work after the end");
    }
  }

  /** Does some work after a wait; none after {@link #end}. */
  void after(Duration wait, Runnable work) {
    try {
      var _ =
          thread.schedule(
              () -> unlessEnded(work), Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.debug("work after the end");
    }
  }

  /** Does some work again and again, with a wait before each. Called once. */
  synchronized void repeat(Duration wait, Runnable work) {
    repeated =
        thread.scheduleWithFixedDelay(
            () -> unlessEnded(work), wait.toMillis(), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void unlessEnded(Runnable work) {
    if (!ended) {
      work.run();
    }
  }

  /** Does the last work and waits for it; nothing more is done. Not from the thread itself. */
  void end(Runnable lastWork, Duration patience) {
    if (ended) {
      return;
    }
    try {
      thread.submit(() -> unlessEnded(lastWork)).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      LOG.warn("the agent ends without its last work", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stop();
    }
  }

  private synchronized void stop() {
    ended = true;
    if (repeated != null) {
      repeated.cancel(false);
    }
    if (own) {
      thread.shutdownNow();
    }
  }
}
