package io.culvert.agent.dataplane;

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
}
