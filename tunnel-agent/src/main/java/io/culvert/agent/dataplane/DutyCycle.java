package io.culvert.agent.dataplane;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** A stage that does what there is to do and returns. One thread owns it; time is passed in. */
interface DutyCycle {
  /**
   * Does a bounded amount of work.
   *
   * @return 0 if there was nothing to do
   */
  int doWork(long nowNanos);

  /** Waits until there may be work, or something is due. */
  void await(long nowNanos);

  /**
   * Works and waits as long as it may. Blocks the thread that owns the cycle.
   *
   * <p>The loop is in this class, which has no text of its own, for the allocation of the running
   * engine: when the JVM compiles a method it first makes every constant string of the method's
   * class, in the thread that asked for it. For a loop that turns a million times before it is
   * compiled that is long after the start.
   */
  static void run(DutyCycle cycle, LongSupplier nanoClock, BooleanSupplier running) {
    while (running.getAsBoolean()) {
      if (cycle.doWork(nanoClock.getAsLong()) == 0 && running.getAsBoolean()) {
        cycle.await(nanoClock.getAsLong());
      }
    }
  }
}
