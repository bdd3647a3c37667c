package io.culvert.agent.sad;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A counter that one thread adds to and any thread reads, without a fence. */
public final class SingleWriterCounter {
  private static final VarHandle VALUE;

  static {
    try {
      VALUE = MethodHandles.lookup().findVarHandle(SingleWriterCounter.class, "value", long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  @SuppressWarnings("unused") // through VALUE
  private long value;

  /** Adds; only the owner. */
  public void add(long amount) {
    VALUE.setOpaque(this, (long) VALUE.getOpaque(this) + amount);
  }

  /** Replaces; only the owner. */
  public void set(long newValue) {
    VALUE.setOpaque(this, newValue);
  }

  /** The value; any thread. */
  public long get() {
    return (long) VALUE.getOpaque(this);
  }
}
