package io.culvert.agent.esp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * Native blocks for expanded keys, reused after they were zeroed. They are never given back to the
 * system, because a segment that cannot be closed costs no liveness check in each call; there are
 * as many as there ever were associations at one time.
 */
final class IpsecMbKeyBlocks {
  /** Room for {@code struct gcm_key_data}, which is 1,008 bytes in version 1.3. */
  private static final int KEY_DATA_BYTES = 3072;

  private static final int ALIGNMENT = 64;
  private static final ArrayDeque<MemorySegment> FREE = new ArrayDeque<>();

  private IpsecMbKeyBlocks() {}

  /** A zeroed block. */
  static MemorySegment acquire() {
    synchronized (FREE) {
      MemorySegment free = FREE.poll();
      return free != null ? free : Arena.global().allocate(KEY_DATA_BYTES, ALIGNMENT);
    }
  }

  /** Zeroes the block and keeps it for the next. */
  static void release(MemorySegment block) {
    block.fill((byte) 0);
    synchronized (FREE) {
      FREE.push(block);
    }
  }
}
