package io.culvert.agent.linux;

import java.lang.foreign.MemorySegment;

/**
 * The segment of an array from an offset on, remembered: a thread that uses the same buffers again
 * and again allocates nothing. One thread.
 */
public final class ArrayView {
  private byte[] array = new byte[0];
  private MemorySegment whole = MemorySegment.ofArray(array);
  private MemorySegment view = whole;
  private int viewOffset;

  /** {@code array} from {@code offset} to its end. */
  @SuppressWarnings("ReferenceEquality") // the same array is meant, not an equal one
  public MemorySegment of(byte[] array, int offset) {
    if (array != this.array) {
      this.array = array;
      whole = MemorySegment.ofArray(array);
      view = whole;
      viewOffset = 0;
    }
    if (offset == 0) {
      return whole;
    }
    if (offset != viewOffset) {
      view = whole.asSlice(offset);
      viewOffset = offset;
    }
    return view;
  }
}
