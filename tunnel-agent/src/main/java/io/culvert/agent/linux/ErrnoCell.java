package io.culvert.agent.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Where calls leave their error number. One thread at a time; made once, used for every call. */
public final class ErrnoCell {
  private final MemorySegment segment = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());

  MemorySegment segment() {
    return segment;
  }

  /** The result of a call, or its error number negated. */
  int resultOrError(int result) {
    return result >= 0 ? result : -segment.get(ValueLayout.JAVA_INT, 0);
  }
}
